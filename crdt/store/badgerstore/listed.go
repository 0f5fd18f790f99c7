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

// checkListed refuses a directory in which Badger would remove tables: those
// that its list of tables does not name, and all where the list or the key
// registry is missing, in whose place it makes new ones. A process that died
// may leave a table that is in no list yet, or no more. So a table that is in no
// list is damage of the list where none died, or where the list breaks off
// (docs/adr/0073).
func checkListed(o badger.Options, died bool) error {
	tables, err := filepath.Glob(filepath.Join(o.Dir, "*.sst"))
	if err != nil || len(tables) == 0 {
		return err
	}
	if _, err := os.Stat(filepath.Join(o.Dir, badger.KeyRegistryFileName)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("tables without their keys: %w", store.ErrCorrupt)
	}
	f, err := os.Open(filepath.Join(o.Dir, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("tables without their list: %w", store.ErrCorrupt)
	}
	if err != nil {
		return err
	}
	list, end, err := badger.ReplayManifestFile(f, o.ExternalMagicVersion, o)
	info, statErr := f.Stat()
	if err := errors.Join(err, statErr, f.Close()); err != nil {
		return err
	}
	if died && end == info.Size() {
		return nil
	}
	for _, path := range tables {
		id, err := strconv.ParseUint(strings.TrimSuffix(filepath.Base(path), ".sst"), 10, 64)
		if _, ok := list.Tables[id]; err == nil && !ok {
			return fmt.Errorf("table %d is in no list: %w", id, store.ErrCorrupt)
		}
	}
	return nil
}

// dropUnborn removes logs without a single byte, which a process that died
// between making a file and giving it its size leaves: Badger would not open the
// directory with one.
func dropUnborn(dir string) error {
	for _, kind := range []string{"*.mem", "*.vlog"} {
		logs, err := filepath.Glob(filepath.Join(dir, kind))
		if err != nil {
			return err
		}
		for _, path := range logs {
			info, err := os.Stat(path)
			if err == nil && info.Size() == 0 {
				err = os.Remove(path)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
