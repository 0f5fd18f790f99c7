package e2e

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tongce/app/keychain/ringtest"
)

// A second start on the same directory is told that it is open, and by which
// process.
func TestSecondStart(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.found(t, "")
	d.create(t, "name=甲公司")
	file := manyRows(t, 3000)
	holder := d.command(t.Context(), "import", file)
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Wait() }()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	pid := strconv.Itoa(holder.Process.Pid)
	for range 6000 { // until it has the directory
		<-tick.C
		if b, err := os.ReadFile(filepath.Join(d.dir, "store", "owner")); err == nil && strings.Contains(string(b), pid) {
			break
		}
	}
	_ = holder.Process.Signal(syscall.SIGSTOP)
	zh, en := d.fails(t, 1, "locked", "list")
	_ = holder.Process.Signal(syscall.SIGCONT)
	if !strings.Contains(zh, pid) || !strings.Contains(en, pid) {
		t.Errorf("by whom it is open (%s) is not said: %q, %q", pid, zh, en)
	}
	if err := holder.Wait(); err != nil {
		t.Errorf("the first one was disturbed: %v", err)
	}
	d.whole(t, 3001)
}

// Secrets that are missing, wrong or held back: the book stays as it is.
func TestSecrets(t *testing.T) {
	t.Parallel()
	p := newDesk(t)
	p.usePassphrase(t, "correct horse battery")
	p.found(t, "")
	p.create(t, "name=甲公司")
	right := p.pass
	p.usePassphrase(t, "incorrect horse battery")
	p.fails(t, 1, "wrong_secret", "list")
	p.pass = ""
	p.fails(t, 1, "wrong_secret", "list")
	p.pass = filepath.Join(p.tmp, "nowhere")
	p.fails(t, 1, "not_found", "list")
	p.pass = right
	short := newDesk(t)
	short.usePassphrase(t, "short")
	short.fails(t, 1, "invalid", "init", "--name", "x", "--member", "x", "--department", "x")

	// Costs that somebody planted are refused before any memory is taken (KF3).
	path := filepath.Join(p.dir, "keys.tc")
	keys, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cost := []byte{0x1a, 0x00, 0x04, 0x00, 0x00} // 256 MiB in KiB
	if bytes.Count(keys, cost) != 1 {
		t.Fatalf("keys.tc has the memory cost %d times", bytes.Count(keys, cost))
	}
	planted := bytes.Replace(keys, cost, []byte{0x1a, 0xff, 0xff, 0xff, 0xff}, 1)
	if err := os.WriteFile(path, planted, 0o600); err != nil {
		t.Fatal(err)
	}
	p.fails(t, 1, "corrupt", "list")
	if err := os.WriteFile(path, keys[:len(keys)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if zh, en := p.fails(t, 1, "corrupt", "list"); !strings.Contains(zh, "keys.tc") || !strings.Contains(en, "keys.tc") {
		t.Errorf("the file is not named: %s, %s", zh, en)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, keys[:len(keys)/2]) {
		t.Errorf("a damaged key file was touched: %v", err)
	}
	if err := os.WriteFile(path, keys, 0o600); err != nil {
		t.Fatal(err)
	}
	p.whole(t, 1)
}

// A real secret service that is not there, locked, without the key, or gives
// back less than was put in.
func TestKeyrings(t *testing.T) {
	t.Parallel()
	if built.ring == nil {
		t.Skip("no secret service can run here")
	}
	ring, err := ringtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ring.Stop() })
	d := newDesk(t)
	d.env = append(d.env, ring.Env()...)
	d.found(t, "")
	d.create(t, "name=甲公司")

	none := *d
	none.env = append(slices.Clone(d.env), "DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere/bus")
	none.fails(t, 1, "wrong_secret", "list")
	nobody := newDesk(t)
	nobody.env = none.env
	nobody.fails(t, 1, "wrong_secret", "init", "--name", "x", "--member", "x", "--department", "x")

	other := *d
	other.env = append(slices.Clone(d.env), built.ring.Env()...) // a keyring of somebody else
	other.fails(t, 1, "wrong_secret", "list")

	if err := ring.Lock(); err != nil {
		t.Fatal(err)
	}
	zh, _ := d.fails(t, 1, "wrong_secret", "list")
	if !strings.Contains(zh, "钥匙串") {
		t.Errorf("locked: %q", zh)
	}
	if err := ring.Unlock(); err != nil {
		t.Fatal(err)
	}
	d.whole(t, 1)
}

// A full disk: what exited with 0 is there, what did not wrote nothing by half.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", disk, "tmpfs", 0, "size=512m"); err != nil {
		t.Skipf("a small disk can be made by root only: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	d := newDesk(t)
	d.dir = filepath.Join(disk, "book")
	d.found(t, "")
	id := d.create(t, "name=甲公司").ID
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	last := ""
	failed := false
	for i := range 3 {
		text := "第 " + strconv.Itoa(i) + " 次" + strings.Repeat("很长的备注", 2000)
		r := d.run(t, "set", id, "remark="+text)
		if r.code == 0 {
			last = text
			continue
		}
		failed = true
		if code, message := r.failure(t); code != "disk_full" || !chinese(message) {
			t.Errorf("full disk: %v", r)
		}
	}
	r := d.run(t, "import", manyRows(t, 1000))
	if code, _ := r.failure(t); r.code != 1 || code != "disk_full" {
		t.Errorf("import on a full disk: %v", r)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if got := d.show(t, id).Fields["remark"]; got != last {
		t.Errorf("after making room: got %d bytes, want %d", len(got), len(last))
	}
	if !failed {
		t.Error("no set found the disk full")
	}
	d.imports(t, manyRows(t, 1000))
	d.whole(t, 1001)
}

// fill writes a file until nothing more fits.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for _, size := range []int{1 << 20, 1 << 12} {
		for {
			if _, err := f.Write(make([]byte, size)); err != nil {
				break
			}
		}
	}
}

// Damage to any file of the data directory ends in a book that can be read or
// in a clear refusal; no file goes.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.found(t, "")
	d.imports(t, manyRows(t, 100))
	var files []string
	err := filepath.WalkDir(d.dir, func(path string, e fs.DirEntry, err error) error {
		if info, statErr := os.Stat(path); err == nil && statErr == nil && !e.IsDir() && info.Size() > 0 {
			rel, _ := filepath.Rel(d.dir, path)
			files = append(files, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if filepath.Base(name) == "lock" || filepath.Base(name) == "room" {
			continue
		}
		in := *d
		in.dir = copyBook(t, d.dir)
		path := filepath.Join(in.dir, name)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		used := len(bytes.TrimRight(b, "\x00"))
		for i := used / 3; i < used*2/3; i++ {
			b[i] ^= 0x5a
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r := in.run(t, "list", "--limit", "1")
		switch {
		case name == filepath.Join("index", "index.db"):
			if _, err := os.Stat(path + ".damaged"); err != nil {
				t.Errorf("%s: not set aside: %v", name, err)
			}
			in.whole(t, 100)
		case r.code == 0:
			t.Logf("%s: read all the same: %.60s", name, r.out)
		case filepath.Ext(name) == ".vlog" && used > 1000: // values, of which a damaged one stops no other
			t.Errorf("%s: %v", name, r)
		default:
			code, message := r.failure(t)
			t.Logf("%s: %v", name, code)
			if filepath.Ext(name) == ".sst" && !strings.Contains(message, "store/db/"+filepath.Base(name)) {
				t.Errorf("%s is not named: %s", name, message)
			}
			if code != "corrupt" && code != "wrong_secret" {
				t.Errorf("%s: damaged: %v", name, r)
			}
		}
		if r.code == 0 {
			if v := in.list(t); v.Total != 100 {
				t.Errorf("%s: a damaged store is read as one of %d customers", name, v.Total)
			}
		}
		if got, err := os.ReadFile(path); r.code != 0 && (err != nil || len(got) < used) && !in.aside(b[:used]) {
			t.Errorf("%s: a damaged file went or was cut: %v", name, err)
		}
	}
}

// aside tells whether the store has set these bytes aside.
func (d *desk) aside(b []byte) bool {
	kept, err := filepath.Glob(filepath.Join(d.dir, "store", "aside", "*"))
	return err == nil && slices.ContainsFunc(kept, func(path string) bool {
		got, err := os.ReadFile(path)
		return err == nil && bytes.HasPrefix(got, b)
	})
}

// Files that are no sheets: a reason in both languages, no temp file, and the
// book as it was.
func TestBadSheets(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.found(t, "")
	d.imports(t, manyRows(t, 3))
	xlsx := filepath.Join(t.TempDir(), "book.xlsx")
	d.ok(t, nil, "export", "--format", "xlsx", "--out", xlsx)
	whole, err := os.ReadFile(xlsx)
	if err != nil {
		t.Fatal(err)
	}
	ole := append([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}, make([]byte, 4096)...)
	for _, c := range []struct {
		name, file string
		content    []byte
	}{
		{"half a workbook", "半.xlsx", whole[:len(whole)/2]},
		{"a picture", "图.xlsx", append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 999)...)},
		{"empty", "空.csv", nil},
		{"the old format", "旧.xls", ole},
		{"a huge row", "大.csv", append([]byte("客户名称,备注\r\n甲,\""), bytes.Repeat([]byte("长"), 9<<20)...)},
	} {
		path := filepath.Join(t.TempDir(), c.file)
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		wantBadSheet(t, d, c.name, path)
	}
	for _, name := range []string{"excelize-encrypted.xlsx", "easypoi-company-logo.xls", "crafted-zip-bomb-sheet.xlsx"} {
		path := filepath.Join("..", "..", "..", "shared", "sheets", name)
		if _, err := os.Stat(path); err == nil {
			wantBadSheet(t, d, name, path)
		}
	}
	d.whole(t, 3)
}

func wantBadSheet(t *testing.T, d *desk, name, path string) {
	t.Helper()
	zh := ""
	for _, lang := range []string{"zh_CN.UTF-8", "en_US.UTF-8"} {
		in := *d
		in.env = append(slices.Clone(d.env), "LC_ALL="+lang)
		r := in.run(t, "import", path)
		if r.code != 1 {
			t.Errorf("%s: want exit 1: %v", name, r)
			return
		}
		code, message := r.failure(t)
		if code != "invalid" && code != "too_large" {
			t.Errorf("%s: %v", name, r)
		}
		if !strings.Contains(message, filepath.Base(path)) {
			t.Errorf("%s: the message does not name the file: %q", name, message)
		}
		if lang == "zh_CN.UTF-8" {
			zh = message
		} else if message == zh {
			t.Errorf("%s: one message in both languages: %q", name, zh)
		}
	}
	d.clean(t)
	t.Logf("%s: %s", name, zh)
}
