package stream

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// disk takes JetStream's message blocks to the disk on demand. JetStream
// itself only syncs all the time or by a timer; nothing may leave the relay
// before it is on disk, and one sync is enough for many entries.
type disk struct {
	mu   sync.Mutex
	dir  string
	from int // blocks below this one were synced after they were full; 0: none was
}

func newDisk(dir string) *disk { return &disk{dir: dir} }

// sync returns when everything written before is on disk. Mostly that is one
// file: blocks are written one after the other.
func (d *disk) sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	blocks, err := d.blocks()
	if err != nil {
		return fmt.Errorf("sync log: %w", err)
	}
	newest := d.from
	for _, n := range blocks {
		if err := syncFile(filepath.Join(d.dir, strconv.Itoa(n)+blockSuffix), syncData); err != nil {
			return fmt.Errorf("sync log: %w", err)
		}
		newest = max(newest, n)
	}
	if newest != d.from { // a file is there only when its directory says so
		if err := syncFile(d.dir, (*os.File).Sync); err != nil {
			return fmt.Errorf("sync log: %w", err)
		}
	}
	d.from = newest
	return nil
}

// birth takes the directories of a new log to the disk, up to top.
func (d *disk) birth(top string) error {
	for dir := filepath.Dir(d.dir); ; dir = filepath.Dir(dir) {
		if err := syncFile(dir, (*os.File).Sync); err != nil {
			return fmt.Errorf("sync log: %w", err)
		}
		if dir == top || dir == filepath.Dir(dir) {
			return nil
		}
	}
}

const blockSuffix = ".blk"

// blocks are the numbers of the blocks that may hold what was not synced.
func (d *disk) blocks() ([]int, error) {
	f, err := os.Open(d.dir)
	if err != nil {
		return nil, err
	}
	names, err := f.Readdirnames(-1)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	var out []int
	for _, name := range names {
		number, isBlock := strings.CutSuffix(name, blockSuffix)
		if n, err := strconv.Atoi(number); isBlock && err == nil && n >= d.from {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, nil
}

func syncFile(path string, how func(*os.File) error) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a block that became empty meanwhile
	}
	if err != nil {
		return err
	}
	return errors.Join(how(f), f.Close())
}
