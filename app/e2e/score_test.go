package e2e

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
)

// score is what the accuracy kit's scorer says of an export.
func score(t *testing.T, export string) (report map[string]any) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), built.scorer, "score", "-truth", filepath.Join(built.kit, "truth.json"), "-got", export).Output()
	if err != nil {
		t.Fatalf("score: %v\n%s", err, out)
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("score: %v\n%s", err, out)
	}
	return report
}
