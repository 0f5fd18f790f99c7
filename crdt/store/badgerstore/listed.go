package badgerstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	badger "github.com/dgraph-io/badger/v4"

	"tongce/crdt/store"
)

// listed is what Badger's list of its tables says.
type listed struct {
	tables map[uint64]badger.TableManifest
	whole  bool // it does not break off in the middle of an entry
}

// readList reads the list of tables; that of a new directory is empty. It
// refuses a directory with tables in which the list or the key registry is
// missing, because Badger would make new ones and remove the tables.
func readList(o badger.Options) (listed, error) {
	tables, err := tableFiles(o)
	if err != nil {
		return listed{}, err
	}
	if _, err := os.Stat(filepath.Join(o.Dir, badger.KeyRegistryFileName)); len(tables) > 0 && errors.Is(err, fs.ErrNotExist) {
		return listed{}, damagedFile(badger.KeyRegistryFileName, nil)
	}
	f, err := os.Open(filepath.Join(o.Dir, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) && len(tables) == 0 {
		return listed{whole: true}, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return listed{}, damagedFile(badger.ManifestFilename, nil)
	}
	if err != nil {
		return listed{}, err
	}
	list, end, bad := badger.ReplayManifestFile(f, o.ExternalMagicVersion, o)
	info, err := f.Stat()
	if err := errors.Join(err, f.Close()); err != nil {
		return listed{}, err
	}
	if bad != nil {
		return listed{}, damagedFile(badger.ManifestFilename, bad)
	}
	return listed{tables: list.Tables, whole: end == info.Size()}, nil
}

// checkUnlisted refuses a directory with a table that the list does not name:
// Badger would remove it. A process that died may leave one that is in no list
// yet, or no more. So it is damage of the list where none died, or where the
// list breaks off (docs/adr/0073).
func checkUnlisted(o badger.Options, list listed, died bool) error {
	if died && list.whole {
		return nil
	}
	tables, err := tableFiles(o)
	if err != nil {
		return err
	}
	for _, path := range tables {
		id, err := strconv.ParseUint(strings.TrimSuffix(filepath.Base(path), ".sst"), 10, 64)
		if _, ok := list.tables[id]; err == nil && !ok {
			return damagedFile(badger.ManifestFilename, fmt.Errorf("it does not list table %d", id))
		}
	}
	return nil
}

func tableFiles(o badger.Options) ([]string, error) {
	return filepath.Glob(filepath.Join(o.Dir, "*.sst"))
}

// damagedFile names one of Badger's files.
func damagedFile(name string, why error) error {
	return &store.DamagedError{File: "db/" + name, Why: why}
}

// checkEmpty refuses a directory with a log that was emptied: Badger would give it
// a size and then not open. A process that died may have left one: it makes a log
// before it gives it its size, and empties one before it removes it. Those are
// moved to the folder aside. Where one held values all the same, whoever reads
// them is told that they are gone.
func checkEmpty(dir, aside string, died bool) error {
	for _, kind := range []string{"*.mem", "*.vlog"} {
		logs, err := filepath.Glob(filepath.Join(dir, kind))
		if err != nil {
			return err
		}
		for _, path := range logs {
			info, err := os.Stat(path)
			switch {
			case err != nil:
				return err
			case info.Size() > 0:
				continue
			case !died:
				return damagedFile(filepath.Base(path), nil)
			}
			err = errors.Join(os.MkdirAll(aside, 0o700), os.Rename(path, filepath.Join(aside, filepath.Base(path)+".empty")))
			if err != nil {
				return err
			}
		}
	}
	return nil
}
