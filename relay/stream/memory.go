package stream

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sort"
	"sync"
)

// Memory is a Stream that ends with the process. Tests and the simulation use
// it; it also shows what a disk can do (Rewind, Wipe).
type Memory struct {
	mu      sync.Mutex
	id      LogID
	entries []Stored
	last    uint64
	subject map[string]uint64
	closed  bool
}

var _ Stream = (*Memory)(nil)

// NewMemory returns an empty stream with the given log id.
func NewMemory(id LogID) *Memory {
	m := &Memory{}
	m.Wipe(id)
	return m
}

// Wipe forgets everything, as the loss of the directory does: the stream goes
// on under another log id.
func (m *Memory) Wipe(id LogID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.id, m.last, m.subject, m.closed = id, 1, map[string]uint64{SubjectLog: 1}, false
	m.entries = []Stored{{Seq: 1, Subject: SubjectLog, Data: id[:]}}
}

// Rewind forgets the entries above seq, as a power cut before the next sync
// does. The log id stays.
func (m *Memory) Rewind(seq uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	seq = max(seq, 1)
	m.entries = m.entries[:m.after(seq)]
	m.last = min(m.last, seq)
	clear(m.subject)
	for _, e := range m.entries {
		m.subject[e.Subject] = e.Seq
	}
}

// Reopen makes a closed stream usable again, as a new process does.
func (m *Memory) Reopen() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = false
}

// Append implements Stream.
func (m *Memory) Append(ctx context.Context, entries ...Entry) ([]Result, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.open(ctx); err != nil {
		return nil, fmt.Errorf("append %d entries: %w", len(entries), err)
	}
	results := make([]Result, len(entries))
	for i, e := range entries {
		results[i] = m.put(e)
	}
	return results, nil
}

func (m *Memory) open(ctx context.Context) error {
	if m.closed {
		return ErrClosed
	}
	return ctx.Err()
}

func (m *Memory) put(e Entry) Result {
	if len(e.Data) > MaxEntry {
		return Result{Err: ErrTooLarge}
	}
	if e.Expect != Any && e.Expect != m.subject[e.Subject] {
		return Result{Err: ErrConflict}
	}
	m.last++
	m.subject[e.Subject] = m.last
	m.entries = append(m.entries, Stored{Seq: m.last, Subject: e.Subject, Data: bytes.Clone(e.Data)})
	return Result{Seq: m.last}
}

// after is the index of the first entry above seq.
func (m *Memory) after(seq uint64) int {
	return sort.Search(len(m.entries), func(i int) bool { return m.entries[i].Seq > seq })
}

// Read implements Stream.
func (m *Memory) Read(ctx context.Context, subject string, after uint64, fn func(Stored) error) error {
	m.mu.Lock()
	if err := m.open(ctx); err != nil {
		m.mu.Unlock()
		return fmt.Errorf("read after %d: %w", after, err)
	}
	var found []Stored
	for _, e := range m.entries[m.after(after):] {
		if matches(subject, e.Subject) {
			found = append(found, e)
		}
	}
	m.mu.Unlock()
	for _, e := range found {
		e.Data = bytes.Clone(e.Data)
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

// Last implements Stream.
func (m *Memory) Last(ctx context.Context, subject string) (Stored, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.open(ctx); err != nil {
		return Stored{}, fmt.Errorf("last entry: %w", err)
	}
	seq := m.subject[subject]
	if seq == 0 {
		return Stored{}, fmt.Errorf("last entry: %w", ErrNotFound)
	}
	e := m.entries[m.after(seq-1)]
	e.Data = bytes.Clone(e.Data)
	return e, nil
}

// Replace implements Stream.
func (m *Memory) Replace(ctx context.Context, entries ...Entry) ([]Result, error) {
	return ReplaceBy(ctx, m, func(e Entry, at uint64) error {
		m.Forget(e, at)
		return nil
	}, entries...)
}

// Forget removes what an entry at a sequence replaces: the second half of Replace.
func (m *Memory) Forget(by Entry, at uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.entries = slices.DeleteFunc(m.entries, func(e Stored) bool {
		return e.Subject == by.Subject && e.Seq < at && (by.Old == nil || slices.Contains(by.Old, e.Seq))
	})
}

// Sync implements Stream; memory is as safe as it gets.
func (m *Memory) Sync(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.open(ctx)
}

// Info implements Stream.
func (m *Memory) Info(ctx context.Context) (Info, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.open(ctx); err != nil {
		return Info{}, fmt.Errorf("stream info: %w", err)
	}
	info := Info{Log: m.id, First: m.entries[0].Seq, Last: m.last, Entries: uint64(len(m.entries))}
	for _, e := range m.entries {
		info.Bytes += uint64(len(e.Data) + len(e.Subject))
	}
	return info, nil
}

// Close implements Stream.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}
