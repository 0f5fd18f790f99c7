package badgerstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/ristretto/v2"
	"github.com/dgraph-io/ristretto/v2/z"
	"golang.org/x/sync/errgroup"

	"tongce/crdt/store"
)

// checkTables reads every table and compares its checksums, before Badger opens
// them: it leaves out a table whose index is damaged, takes one with damaged
// blocks for one without their keys, and the next compaction drops what could
// not be read. All processors read, and nothing stays mapped of it.
func checkTables(o badger.Options) error {
	f, err := os.Open(filepath.Join(o.Dir, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a new store
	}
	if err != nil {
		return err
	}
	manifest, _, err := badger.ReplayManifestFile(f, o.ExternalMagicVersion, o)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	registry, err := badger.OpenKeyRegistry(badger.KeyRegistryOptions{Dir: o.Dir, ReadOnly: true, EncryptionKey: o.EncryptionKey})
	if err != nil {
		return err
	}
	indexes, err := ristretto.NewCache(&ristretto.Config[uint64, *fb.TableIndex]{
		NumCounters: 1000, MaxCost: o.IndexCacheSize, BufferItems: 64,
	})
	if err != nil {
		return err
	}
	defer indexes.Close()
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for id, t := range manifest.Tables {
		g.Go(func() (err error) {
			defer func() {
				if recover() != nil { // Badger follows damaged offsets
					err = store.ErrCorrupt
				}
			}()
			key, err := registry.DataKey(t.KeyID)
			if err != nil {
				return err
			}
			return checkTable(table.NewFilename(id, o.Dir), table.Options{
				ReadOnly: true, BlockSize: o.BlockSize, Compression: t.Compression, DataKey: key,
				ChkMode: o.ChecksumVerificationMode, IndexCache: indexes,
			})
		})
	}
	return g.Wait()
}

func checkTable(path string, o table.Options) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	t, err := table.OpenTable(&z.MmapFile{Data: b, Fd: f}, o)
	if err != nil {
		return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	}
	if err := t.VerifyChecksum(); err != nil {
		return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	}
	return nil
}
