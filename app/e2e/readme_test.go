package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadmeCommands runs the commands of README.md as they stand there: two
// desks and a relay, in one folder. What the page leaves to the reader is put
// in: the port, the relay's key, the invite and the file.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```\n(tongce-relay serve .*?)```").FindSubmatch(page)
	if block == nil {
		t.Fatal("README.md has no block that begins with tongce-relay serve")
	}
	lines := strings.Split(strings.TrimSpace(string(block[1])), "\n")
	dir, d := t.TempDir(), newDesk(t)
	r := &relayProcess{program: built.relay, dir: filepath.Join(dir, "relay"), listen: freePort(t)}
	if got, want := strings.Fields(lines[0])[:6], []string{"tongce-relay", "serve", "--data", "relay", "--listen", "0.0.0.0:8443"}; strings.Join(got, " ") != strings.Join(want, " ") {
		t.Fatalf("the relay is started otherwise than this test does: %q", got)
	}
	r.start(t)
	t.Cleanup(r.kill)
	sheet := "客户名称,手机\r\n苏州锦成机电有限公司,13812905678\r\n杭州远景科技有限公司,13900001111\r\n"
	if err := os.WriteFile(filepath.Join(dir, "客户表.xlsx"), []byte(sheet), 0o600); err != nil { // the type is told by content
		t.Fatal(err)
	}
	link := ""
	for _, line := range lines[1:] {
		for from, to := range map[string]string{"HOST:8443#KEY": r.address, "tongce://join#...": link} {
			line = strings.ReplaceAll(line, from, to)
		}
		out := d.shell(t, dir, line)
		if strings.HasPrefix(line, "tongcectl invite") {
			link, _, _ = strings.Cut(out, "\n")
		}
	}
	if out := d.shell(t, dir, "tongcectl list --dir b --json"); !strings.Contains(out, `"total":2`) {
		t.Errorf("the other desk: %s", out)
	}
}

// shell runs a line of a page, with the programs on the path and the desk's
// secret.
func (d *desk) shell(t *testing.T, dir, line string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if d.pass != "" {
		line = regexp.MustCompile(`--dir \w+`).ReplaceAllString(line, "$0 --passphrase-file "+d.pass)
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), d.env...), "PATH="+filepath.Dir(built.ctl)+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}
