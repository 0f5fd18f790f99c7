package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tongce/app/keychain/ringtest"
	"tongce/app/sheet"
)

// programs are built once for all tests, and share one secret service.
type programs struct {
	ctl, relay string
	ring       *ringtest.Session // nil where none can run
	kit        string            // the accuracy kit's books; empty where the kit is not there
	scorer     string
}

// built is set by TestMain before the first test and never after.
var built programs

func TestMain(m *testing.M) {
	if sheet.RunChild(os.Args[1:], os.Stdin, os.Stdout) {
		return
	}
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "tongce-e2e")
	if err != nil {
		return complain(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	built.ctl, built.relay = filepath.Join(dir, "tongcectl"), filepath.Join(dir, "tongce-relay")
	err = errors.Join(build(".", built.ctl, "tongce/app/cmd/tongcectl"), build(".", built.relay, "tongce/relay/cmd/tongce-relay"))
	if err != nil {
		return complain(err)
	}
	if err := makeKit(dir); err != nil {
		return complain(err)
	}
	switch built.ring, err = ringtest.Start(); {
	case errors.Is(err, ringtest.ErrNoService):
		fmt.Fprintln(os.Stderr, err, "- books are opened with passphrases instead, which is slow")
	case err != nil:
		return complain(err)
	default:
		defer func() { _ = built.ring.Stop() }()
	}
	return m.Run()
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// build compiles a program without the race detector: its users' build is what
// is tested.
func build(from, to, pkg string, flags ...string) error {
	cmd := exec.Command("go", append(append([]string{"build", "-o", to}, flags...), pkg)...)
	cmd.Dir = from
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, out.Bytes())
	}
	return nil
}

// makeKit makes the books of four departments with the accuracy kit, which
// stands beside the repository or where TONGCE_ACCURACY says.
func makeKit(dir string) error {
	from := os.Getenv("TONGCE_ACCURACY")
	if from == "" {
		from = filepath.Join("..", "..", "..", "shared", "accuracy")
	}
	if _, err := os.Stat(filepath.Join(from, "go.mod")); err != nil {
		return nil //nolint:nilerr // it is not part of the repository
	}
	built.scorer, built.kit = filepath.Join(dir, "accuracy"), filepath.Join(dir, "kit")
	if err := build(from, built.scorer, "."); err != nil {
		return err
	}
	out, err := exec.Command(built.scorer, "gen", "-seed", "1", "-n", "200", "-profile", "office", "-out", built.kit).CombinedOutput()
	if err != nil {
		return fmt.Errorf("accuracy kit: %w\n%s", err, out)
	}
	return nil
}

// long tells whether the long variants are asked for.
func long() bool { return os.Getenv("TONGCE_LONG") == "1" }
