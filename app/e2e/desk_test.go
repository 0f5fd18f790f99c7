package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// limit is how long a command may take on a crowded machine.
const limit = 3 * time.Minute

// desk is one person's computer: a data directory, a temp directory and the
// environment of tongcectl.
type desk struct {
	dir, tmp string
	env      []string // beside the test's own
	pass     string   // a passphrase file; empty for the keyring
}

// newDesk is a desk without a book.
func newDesk(t *testing.T) *desk {
	t.Helper()
	base := t.TempDir()
	d := &desk{dir: filepath.Join(base, "book"), tmp: filepath.Join(base, "tmp")}
	if err := os.Mkdir(d.tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	d.env = []string{"LC_ALL=zh_CN.UTF-8", "TMPDIR=" + d.tmp}
	if built.ring == nil {
		d.usePassphrase(t, "correct horse battery")
		return d
	}
	d.env = append(d.env, built.ring.Env()...)
	return d
}

// usePassphrase makes the desk open its book with a passphrase file.
func (d *desk) usePassphrase(t *testing.T, words string) {
	t.Helper()
	d.pass = filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(d.pass, []byte(words+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// reply is how a command ended.
type reply struct {
	args     []string
	code     int // -1: killed
	out, err []byte
}

func (r reply) String() string {
	return fmt.Sprintf("tongcectl %s: exit %d\nstdout: %.2000s\nstderr: %.2000s", strings.Join(r.args, " "), r.code, r.out, r.err)
}

// command is tongcectl with --dir, --json and the secret of the desk.
func (d *desk) command(ctx context.Context, args ...string) *exec.Cmd {
	all := []string{args[0], "--dir", d.dir, "--json"}
	if d.pass != "" {
		all = append(all, "--passphrase-file", d.pass)
	}
	cmd := exec.CommandContext(ctx, built.ctl, append(all, args[1:]...)...)
	cmd.Env = append(os.Environ(), d.env...)
	return cmd
}

// run runs a command to its end.
func (d *desk) run(t *testing.T, args ...string) reply {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	return finish(t, d.command(ctx, args...), args)
}

// plain runs exactly the words given, in the desk's environment.
func (d *desk) plain(t *testing.T, args ...string) reply {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, built.ctl, args...)
	cmd.Env = append(os.Environ(), d.env...)
	return finish(t, cmd, args)
}

func finish(t *testing.T, cmd *exec.Cmd, args []string) reply {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("tongcectl %v: %v", args, err)
	}
	return reply{args: args, code: cmd.ProcessState.ExitCode(), out: out.Bytes(), err: errs.Bytes()}
}

// ok runs a command that must succeed and reads its one object into v.
func (d *desk) ok(t *testing.T, v any, args ...string) {
	t.Helper()
	r := d.run(t, args...)
	if r.code != 0 {
		t.Fatal(r)
	}
	r.decode(t, v)
}

// decode reads the one object of stdout.
func (r reply) decode(t *testing.T, v any) {
	t.Helper()
	line, found := bytes.CutSuffix(r.out, []byte("\n"))
	if !found || bytes.ContainsRune(line, '\n') {
		t.Fatalf("stdout is not one line: %v", r)
	}
	if v == nil {
		v = new(map[string]any)
	}
	if err := json.Unmarshal(line, v); err != nil {
		t.Fatalf("stdout is not one object: %v\n%v", err, r)
	}
}

// failure reads the error object of stderr; there must be nothing else there
// and nothing on stdout.
func (r reply) failure(t *testing.T) (code, message string) {
	t.Helper()
	var v struct {
		Error *struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	dec := json.NewDecoder(bytes.NewReader(r.err))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil || v.Error == nil || v.Error.Code == "" || v.Error.Message == "" || dec.More() {
		t.Fatalf("stderr is not one error object: %v", r)
	}
	if len(r.out) > 0 {
		t.Errorf("a failed command wrote to stdout: %v", r)
	}
	return v.Error.Code, v.Error.Message
}

// fails runs a command that must fail with the exit code and the wire code, and
// say so in both languages.
func (d *desk) fails(t *testing.T, exit int, code string, args ...string) (zh, en string) {
	t.Helper()
	said := map[string]string{}
	for _, lang := range []string{"zh_CN.UTF-8", "en_US.UTF-8"} {
		in := *d
		in.env = append(slices.Clone(d.env), "LC_ALL="+lang)
		r := in.run(t, args...)
		if r.code != exit {
			t.Errorf("%s: want exit %d: %v", lang, exit, r)
		}
		if r.code == 0 {
			continue
		}
		got, message := r.failure(t)
		if got != code {
			t.Errorf("%s: got code %q, want %q: %v", lang, got, code, r)
		}
		if chinese(message) != (lang == "zh_CN.UTF-8") {
			t.Errorf("message is not in %s: %q", lang, message)
		}
		said[lang] = message
	}
	return said["zh_CN.UTF-8"], said["en_US.UTF-8"]
}

// chinese tells whether a text has Chinese punctuation or characters outside of
// a file's name at its beginning.
func chinese(s string) bool {
	if _, rest, ok := strings.Cut(s, ": "); ok && strings.Contains(s[:len(s)-len(rest)], ".") {
		s = rest
	}
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF })
}

// clean fails when a temp file is left.
func (d *desk) clean(t *testing.T) {
	t.Helper()
	left, err := os.ReadDir(d.tmp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		t.Errorf("temp file left: %s", e.Name())
	}
}

// whole fails when the book is not sound, or its customers are not so many.
func (d *desk) whole(t *testing.T, customers int) {
	t.Helper()
	var v struct {
		Problems []map[string]string `json:"problems"`
	}
	d.ok(t, &v, "verify")
	if v.Problems == nil || len(v.Problems) > 0 {
		t.Errorf("verify: %v", v.Problems)
	}
	if got := d.list(t).Total; got != customers {
		t.Errorf("customers: got %d, want %d", got, customers)
	}
}
