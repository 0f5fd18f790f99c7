package workspace

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"tongce/app/sheet"
	"tongce/crdt/store"
)

// filePart is how many bytes of a kept file lie in one value, beside its key
// (docs/adr/0033).
const filePart = 8000

// Keep makes a draft of an import: its files, as they are now, stay in the
// encrypted store with all that is chosen, until it is written or forgotten. Job
// takes it up at any step, also after a restart.
func (j *Job) Keep(ctx context.Context) error {
	if err := j.at(PhaseSheets); err != nil {
		return err
	}
	defer j.mu.Unlock()
	files := j.Info().Files
	for n := range files {
		f, err := j.keep(ctx, n, j.files[n], &files[n])
		if err != nil {
			return err
		}
		j.state.Lock()
		j.files[n] = f
		j.state.Unlock()
	}
	return j.save(func(r *record) { r.Files, r.Draft = files, true })
}

func (j *Job) fileStore() planStore {
	return planStore{st: j.w.store, batch: j.batch, part: partFiles}
}

// fileKey begins the keys of a file's parts.
func fileKey(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

// keep copies a file into the store. Bytes in memory are not needed any more
// then; a file on disk is read where it lies while the program runs.
func (j *Job) keep(ctx context.Context, n int, f sheet.Source, info *FileInfo) (sheet.Source, error) {
	if err := j.fileStore().clear(ctx, partFiles+string(fileKey(n))); err != nil {
		return f, err
	}
	if f.Path == "" {
		size, err := j.copyIn(ctx, n, bytes.NewReader(f.Bytes))
		info.Size = size
		return sheet.Source{}, err
	}
	in, err := os.Open(f.Path)
	if err != nil {
		return f, &sheet.Error{Reason: sheet.ReasonUnreadable, File: f.Name}
	}
	defer func() { _ = in.Close() }() // it was only read
	info.Size, err = j.copyIn(ctx, n, in)
	return f, err
}

func (j *Job) copyIn(ctx context.Context, n int, in io.Reader) (size int64, err error) {
	var part []sheet.Record
	for k := uint32(0); ; k++ {
		b := make([]byte, filePart)
		got, err := io.ReadFull(in, b)
		if got > 0 {
			part = append(part, sheet.Record{Key: binary.BigEndian.AppendUint32(fileKey(n), k), Value: b[:got]})
			size += int64(got)
		}
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return size, fmt.Errorf("import: keep the file: %w", err)
		}
		if end || len(part) == 50 {
			if err := j.fileStore().Put(ctx, part); err != nil {
				return size, err
			}
			part = part[:0]
		}
		if end {
			return size, nil
		}
	}
}

// source gives a file to read and its reader; ErrPhase where it is not at hand
// any more, as after a restart when it was not kept.
func (j *Job) source(ctx context.Context, n int) (*sheet.Reader, sheet.Source, error) {
	r, err := j.i.read()
	if err != nil {
		return nil, sheet.Source{}, err
	}
	j.state.Lock()
	if n >= len(j.files) {
		j.state.Unlock()
		return nil, sheet.Source{}, ErrPhase
	}
	f, info := j.files[n], j.rec.Files[n]
	j.state.Unlock()
	if f.Path != "" || f.Bytes != nil {
		return r, f, nil
	}
	kept := make([]byte, 0, info.Size)
	err = j.fileStore().Scan(ctx, fileKey(n), func(_, value []byte) error {
		kept = append(kept, value...)
		return nil
	})
	if err == nil && int64(len(kept)) != info.Size {
		err = store.ErrCorrupt
	}
	if err != nil {
		return nil, sheet.Source{}, fmt.Errorf("import: the kept file: %w", err)
	}
	return r, sheet.Source{Name: info.Name, Bytes: kept}, nil
}
