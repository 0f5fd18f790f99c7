package stream

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// disk takes JetStream's message blocks to the disk on demand. JetStream
// itself only syncs all the time or by a timer; a charter record has to be
// there before its receipt leaves, an edit may wait for the timer (DESIGN 4).
type disk struct {
	mu   sync.Mutex
	dir  string
	from int // blocks below this one were synced after they were full
}

func newDisk(dir string) *disk { return &disk{dir: dir} }

func (d *disk) sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	files, err := os.ReadDir(d.dir)
	if err != nil {
		return fmt.Errorf("sync log: %w", err)
	}
	newest := d.from
	for _, f := range files {
		number, isBlock := strings.CutSuffix(f.Name(), ".blk")
		n, err := strconv.Atoi(number)
		if !isBlock || err != nil || n < d.from {
			continue
		}
		if err := syncFile(filepath.Join(d.dir, f.Name())); err != nil {
			return fmt.Errorf("sync log: %w", err)
		}
		newest = max(newest, n)
	}
	if err := syncFile(d.dir); err != nil {
		return fmt.Errorf("sync log: %w", err)
	}
	d.from = newest
	return nil
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a block that became empty meanwhile
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
