package badgerstore

import (
	"errors"
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
)

// checkTables reads every table and compares its checksums, before Badger opens
// them: it leaves out a table whose index is damaged, takes one with damaged
// blocks for one without their keys, and the next compaction drops what could
// not be read. All processors read, and nothing stays mapped of it.
func checkTables(o badger.Options, list listed) error {
	if len(list.tables) == 0 {
		return nil
	}
	registry, err := badger.OpenKeyRegistry(badger.KeyRegistryOptions{Dir: o.Dir, ReadOnly: true, EncryptionKey: o.EncryptionKey})
	if _, system := errors.AsType[*fs.PathError](err); err != nil && (system || errors.Is(err, badger.ErrEncryptionKeyMismatch)) {
		return err
	}
	if err != nil {
		return damagedFile(badger.KeyRegistryFileName, err)
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
	for id, t := range list.tables {
		g.Go(func() (err error) {
			name := table.NewFilename(id, o.Dir)
			defer func() {
				if recover() != nil { // Badger follows damaged offsets
					err = damagedFile(filepath.Base(name), nil)
				}
			}()
			key, err := registry.DataKey(t.KeyID)
			if err != nil {
				return damagedFile(badger.KeyRegistryFileName, err)
			}
			return checkTable(name, table.Options{
				ReadOnly: true, BlockSize: o.BlockSize, Compression: t.Compression, DataKey: key,
				ChkMode: o.ChecksumVerificationMode, IndexCache: indexes,
			})
		})
	}
	return g.Wait()
}

func checkTable(path string, o table.Options) (err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return damagedFile(filepath.Base(path), err)
	}
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
		return damagedFile(filepath.Base(path), err)
	}
	if err := t.VerifyChecksum(); err != nil {
		return damagedFile(filepath.Base(path), err)
	}
	return nil
}
