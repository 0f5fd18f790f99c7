package workspace

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"

	"tongce/app/book"
	"tongce/app/sheet"
	"tongce/crdt/canon"
	"tongce/crdt/store"
)

// errEnough ends reading the plan when writing has ended first.
var errEnough = errors.New("enough")

// Commit writes the plan into the book, or goes on where a killed or cancelled
// run stood: its progress is in the same transactions as its customers.
// progress hears rows done of all. An error of ctx leaves a PhaseWriting that
// can go on. When it returns nil, everything is on disk and in the index.
func (j *Job) Commit(ctx context.Context, progress func(done, total int)) (sheet.Counts, error) {
	if err := j.at(PhaseCheck, PhaseWriting); err != nil {
		return sheet.Counts{}, err
	}
	defer j.mu.Unlock()
	start := j.w.deps.Now()
	if j.Phase() == PhaseCheck {
		if err := j.remember(); err != nil {
			return sheet.Counts{}, err
		}
		if err := j.save(func(r *record) { r.Phase = PhaseWriting }); err != nil {
			return sheet.Counts{}, err
		}
	}
	if err := j.store().clear(ctx, partFiles); err != nil { // their rows are in the plan
		return sheet.Counts{}, fmt.Errorf("import %s: %w", j.ID(), err)
	}
	if err := j.write(ctx, progress); err != nil {
		return sheet.Counts{}, fmt.Errorf("import %s: %w", j.ID(), err)
	}
	counts, err := j.count()
	if err != nil {
		return counts, err
	}
	if err := j.w.wroteMany(context.WithoutCancel(ctx)); err != nil {
		return counts, err
	}
	err = j.save(func(r *record) {
		r.Phase, r.Counts = PhaseDone, counts
		r.Took += j.w.deps.Now().Sub(start)
	})
	if err == nil && counts.Wrong == 0 { // nothing is left to look at: the rows are in the book
		err = j.store().clear(context.WithoutCancel(ctx), partRows)
		j.plan = nil
	}
	debug.FreeOSMemory() // most of what an import takes is not needed after it
	return counts, err
}

// write hands the plan's entries to the book.
func (j *Job) write(ctx context.Context, progress func(done, total int)) error {
	from, err := j.mark()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	j.plan.Settled()
	type planned struct {
		row   book.Row
		index int
	}
	rows := make(chan planned, 256)
	read := make(chan error, 1)
	go func() { // ends with this call: it is waited for below
		defer close(rows)
		read <- j.plan.Entries(ctx, from, func(e sheet.Entry) error {
			if e.Kind == sheet.KindSame && !e.Unnoted {
				return nil
			}
			row, err := j.row(e)
			if err != nil {
				return err
			}
			select {
			case rows <- planned{row, e.Index}:
				return nil
			case <-ctx.Done():
				return errEnough
			}
		})
	}()
	total, heard := j.plan.Rows(), 0
	next := func() (book.Row, int, bool) {
		p, ok := <-rows
		return p.row, p.index, ok
	}
	mark := func(tx store.Tx, index int) error {
		return tx.Put(store.ImportKey(j.batch, "mark"), binary.BigEndian.AppendUint64(nil, uint64(index)+1))
	}
	var noted error
	err = j.w.Book.Import(ctx, j.batch, next, mark, func(o book.Outcome) {
		noted = errors.Join(noted, j.note(o))
		if heard++; heard%256 == 0 {
			j.w.follow.keepUp(ctx)
			j.w.nudge()
			if progress != nil {
				progress(o.Index+1, total)
			}
		}
	})
	cancel()
	readErr := <-read
	if errors.Is(readErr, errEnough) || (err != nil && errors.Is(readErr, context.Canceled)) {
		readErr = nil
	}
	return errors.Join(err, readErr, noted)
}

// Written is how many rows of the plan are in the book, also of an import that
// was stopped or killed.
func (j *Job) Written() (int, error) { return j.mark() }

func (j *Job) mark() (int, error) {
	var b []byte
	err := j.w.store.View(func(tx store.Tx) (err error) {
		b, err = store.GetOr(tx, store.ImportKey(j.batch, "mark"))
		return err
	})
	if err != nil || len(b) != 8 {
		return 0, err
	}
	return int(binary.BigEndian.Uint64(b)), nil
}

// row is an entry of the plan as the book writes it.
func (j *Job) row(e sheet.Entry) (book.Row, error) {
	row := j.layer(e, 0)
	for n := 1; n < len(e.Layers); n++ {
		row.Then = append(row.Then, j.layer(e, n))
	}
	if e.Into == "" {
		return row, nil
	}
	var err error
	row.Doc, err = canon.ParseDocID(e.Into)
	return row, err
}

// layer is one change of an entry. Rows that give no value are noted with the
// last one.
func (j *Job) layer(e sheet.Entry, n int) (row book.Row) {
	gave := map[int]bool{}
	for _, c := range e.Layers[n] {
		gave[c.Row] = true
	}
	from := map[int]int{}
	for _, o := range e.Rows {
		if n < len(e.Layers)-1 && !gave[o.Index] {
			continue
		}
		from[o.Index] = len(row.Sources)
		at := j.place(o.Sheet)
		row.Sources = append(row.Sources, book.RowSource{File: at.File, Sheet: at.Sheet, Row: uint64(o.Number)})
	}
	for _, c := range e.Layers[n] {
		if !c.Changed || c.Value == "" {
			continue
		}
		set := book.RowSet{Field: c.Field, Text: c.Value, From: from[c.Row]}
		if c.Status == sheet.StatusLook || c.Status == sheet.StatusWrong {
			set.Flag = c.Code
		}
		row.Sets = append(row.Sets, set)
	}
	return row
}

// note keeps what became of a row otherwise than planned.
func (j *Job) note(o book.Outcome) error {
	word := ""
	switch {
	case o.Bare: // the customer stays as it is, whether its rows could be noted or not
		return nil
	case o.Err != nil && o.Created:
		word = "new failed"
	case o.Err != nil:
		word = "updated failed"
	case !o.Changed:
		word = "updated same"
	default:
		return nil
	}
	key := store.ImportKey(j.batch, string(binary.BigEndian.AppendUint64([]byte("x"), uint64(o.Index))))
	return j.w.store.Update(store.Lazy, func(tx store.Tx) error { return tx.Put(key, []byte(word)) })
}

// count is what the plan said, put right by what became of its rows.
func (j *Job) count() (sheet.Counts, error) {
	c := j.plan.Counts()
	err := j.w.store.View(func(tx store.Tx) error {
		return tx.Scan(store.ImportKey(j.batch, "x"), nil, func(_, v []byte) error {
			switch string(v) {
			case "new failed":
				c.New, c.Wrong = c.New-1, c.Wrong+1
			case "updated failed":
				c.Updated, c.Wrong = c.Updated-1, c.Wrong+1
			case "updated same":
				c.Updated, c.Same = c.Updated-1, c.Same+1
			}
			return nil
		})
	})
	return c, err
}
