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
// may leave a table that is in no list yet, and always leaves a log of its table
// in memory. So a table that is in no list is damage of the list where there is
// no such log, or where the list breaks off (docs/adr/0073).
func checkListed(o badger.Options) error {
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
	logs, err := filepath.Glob(filepath.Join(o.Dir, "*.mem"))
	if err != nil || len(logs) > 0 && end == info.Size() {
		return err
	}
	for _, path := range tables {
		id, err := strconv.ParseUint(strings.TrimSuffix(filepath.Base(path), ".sst"), 10, 64)
		if _, ok := list.Tables[id]; err == nil && !ok {
			return fmt.Errorf("table %d is in no list: %w", id, store.ErrCorrupt)
		}
	}
	return nil
}
