package index

import (
	"fmt"
	"os"

	"github.com/ncruces/go-sqlite3"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// memoryPages bounds SQLite's own memory to 256 MiB, as its package does when
// nothing is said.
const memoryPages = 4096

// CacheEngine keeps the compiled form of the SQLite library in dir, which it
// makes: compiling takes about a second of each start, reading the result a
// tenth of one. It holds code only, no data. The program's wiring calls it
// once, before the first Open; an error means that nothing is cached and
// everything works as before.
func CacheEngine(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cache of the index: %w", err)
	}
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return fmt.Errorf("cache of the index: %w", err)
	}
	sqlite3.RuntimeConfig = wazero.NewRuntimeConfig().
		WithMemoryLimitPages(memoryPages).WithCoreFeatures(api.CoreFeaturesV2).WithCompilationCache(cache)
	return nil
}
