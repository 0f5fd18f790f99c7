package keychain

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// disk writes key files. step is called before each operation that changes
// something; tests end the work there. It is nil in the program.
type disk struct {
	dir  string
	step func(name string) error
}

func (d disk) path(name string) string { return filepath.Join(d.dir, name) }

func (d disk) at(name string) error {
	if d.step == nil {
		return nil
	}
	return d.step(name)
}

// read returns a whole key file; ErrNoFile if there is none.
func (d disk) read(name string) ([]byte, error) {
	f, err := os.Open(d.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", name, ErrNoFile)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(b) > maxFile {
		return nil, fmt.Errorf("%s of more than %d bytes: %w", name, maxFile, ErrCorrupt)
	}
	return b, nil
}

func (d disk) has(name string) bool {
	_, err := os.Lstat(d.path(name))
	return !errors.Is(err, fs.ErrNotExist)
}

// replace makes b the key file (KF6). The file before it is first copied to
// keys.tc.old, unless one lies there: that is the last one known to open. A
// file that cannot be read, or that the person went around by opening the old
// one, is kept as keys.tc.damaged instead. The name keys.tc itself changes in
// one rename, so it is never missing.
func (d disk) replace(b []byte, around bool) error {
	before, err := d.read(FileName)
	switch {
	case errors.Is(err, ErrNoFile):
	case err != nil:
		return err
	default:
		if err := d.keep(before, around); err != nil {
			return err
		}
	}
	return d.put(FileName, b)
}

func (d disk) keep(before []byte, around bool) error {
	if _, err := decodeFile(before); err == nil && !around {
		if d.has(OldName) {
			return nil
		}
		return d.put(OldName, before)
	}
	name := DamagedName
	for i := 2; d.has(name); i++ {
		name = fmt.Sprintf("%s.%d", DamagedName, i)
	}
	return d.put(name, before)
}

// put writes a file whole: temporary file, fsync, rename, fsync of the
// directory.
func (d disk) put(name string, b []byte) error {
	if err := d.write(name+".new", b); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := d.at("rename " + name); err != nil {
		return err
	}
	if err := os.Rename(d.path(name+".new"), d.path(name)); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return d.syncDir()
}

func (d disk) write(name string, b []byte) (err error) {
	if err := d.at("create " + name); err != nil {
		return err
	}
	f, err := os.OpenFile(d.path(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, part := range [][]byte{b[:len(b)/2], b[len(b)/2:]} {
		if err := d.at("write " + name); err != nil {
			return err
		}
		if _, err := f.Write(part); err != nil {
			return err
		}
	}
	if err := d.at("sync " + name); err != nil {
		return err
	}
	return f.Sync()
}

func (d disk) syncDir() error {
	if err := d.at("sync directory"); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return nil // no such call there; the rename is written through by the journal
	}
	f, err := os.Open(d.dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return nil
}

// dropOld removes keys.tc.old once the new file was opened.
func (d disk) dropOld() error {
	if !d.has(OldName) {
		return nil
	}
	if err := d.at("remove " + OldName); err != nil {
		return err
	}
	if err := os.Remove(d.path(OldName)); err != nil {
		return fmt.Errorf("remove %s: %w", OldName, err)
	}
	return d.syncDir()
}
