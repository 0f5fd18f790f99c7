package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"
)

// forms are all ways in which a value is looked for: those of encodings, and
// what programs make of text on the way to a log, an address or a crash file.
func forms(t *testing.T, value string) [][]byte {
	t.Helper()
	out := encodings(t, value)
	var wide []byte
	for _, u := range utf16.Encode([]rune(value)) {
		wide = binary.BigEndian.AppendUint16(wide, u)
	}
	escaped := strconv.QuoteToASCII(value)
	out = append(
		out, wide, []byte(escaped[1:len(escaped)-1]), []byte(url.QueryEscape(value)),
		[]byte(hex.EncodeToString([]byte(value))), []byte(strings.ToUpper(hex.EncodeToString([]byte(value)))),
	)
	for shift := range 3 { // base64 of a text that it stands in, whatever stands before
		whole := base64.StdEncoding.EncodeToString(append(make([]byte, shift), value...))
		out = append(out, []byte(whole[4:len(whole)/4*4-4]))
	}
	return out
}

// wantNoTrace looks through all files of a folder for a few values in all forms.
func wantNoTrace(t *testing.T, where string, dir string, values []string) {
	t.Helper()
	files := filesBelow(t, dir)
	for name, b := range files {
		for i, v := range values {
			for _, form := range forms(t, v) {
				if bytes.Contains(b, form) {
					t.Errorf("%s: value %d stands in %s", where, i, name)
				}
			}
		}
	}
	t.Logf("%s: %d files", where, len(files))
}

// TestAT38_SE5_NoTraces: after an import that was killed and one that was not,
// exports (killed and not), reveals, a search, an undo and a dump of all
// goroutines, the values stand in no encoding in the data directory, the temp
// directory, the home directory or on stderr.
func TestAT38_SE5_NoTraces(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	home := t.TempDir()
	d.env = append(d.env, "HOME="+home, "XDG_CACHE_HOME="+filepath.Join(home, "cache"), "XDG_DATA_HOME="+filepath.Join(home, "data"), "GOTRACEBACK=all")
	d.found(t, "")
	file, known := knownSheet(t)
	values := append(sample(known.open, 160), sample(known.sealed, 80)...)
	var said []byte
	run := func(args ...string) reply {
		t.Helper()
		r := d.run(t, args...)
		said = append(said, r.err...)
		return r
	}
	d.killed(t, 700*time.Millisecond, "import", file)
	if r := run("import", file); r.code != 0 {
		t.Fatal(r)
	}
	wait := d.startUp(t)
	id := d.find(t, known.open[0])
	if got := d.show(t, id).Fields["mobile"]; got != known.sealed[1] {
		t.Fatalf("show: %q", got)
	}
	run("history", id)
	run("search", known.sealed[1])
	run("set", id, "mobile="+known.sealed[5], "remark="+known.open[6])
	run("set", id, "no_such_field="+known.open[6])
	run("resolve", id, "mobile", known.sealed[5])
	for _, format := range []string{"xlsx", "csv", "json"} {
		out := t.TempDir()
		d.killed(t, wait, "export", "--format", format, "--out", filepath.Join(out, "a."+format))
		run("export", "--format", format, "--out", filepath.Join(out, "b."+format))
		run("export", "--format", format, "--out", filepath.Join(out, "no", "such", "folder."+format))
	}
	said = append(said, d.dumped(t, wait, "import", file)...)
	if !bytes.Contains(said, []byte("goroutine ")) {
		t.Error("no goroutine was dumped")
	}
	for _, v := range values {
		for i, form := range forms(t, v) {
			if bytes.Contains(said, form) {
				t.Errorf("stderr has a value in form %d", i)
			}
		}
	}
	wantNoTrace(t, "data directory", d.dir, values)
	wantNoTrace(t, "temp directory", d.tmp, values)
	wantNoTrace(t, "home directory", home, values)
	// The forms are ones that are found.
	for i, form := range forms(t, values[0]) {
		if len(form) < 6 {
			t.Errorf("form %d is too short to say anything: %q", i, form)
		}
	}
}

// dumped runs a command, makes it dump its goroutines and end, and gives what
// it wrote.
func (d *desk) dumped(t *testing.T, after time.Duration, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := d.command(ctx, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(after/2, func() { _ = cmd.Process.Signal(syscall.SIGQUIT) })
	defer late.Stop()
	_ = cmd.Wait()
	return errs.Bytes()
}
