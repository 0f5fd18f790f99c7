package charter

import (
	"slices"
	"sync"

	"tongce/crdt/canon"
)

// Replay judges a whole log from genesis; w is the workspace that it must be
// (ID1), or the zero id for any. On error the state before the statement that
// the ReplayError names is returned with it and stays usable (AT23); it is nil
// where genesis itself failed.
func Replay(w canon.WorkspaceID, records []Record) (*State, error) {
	l, err := NewLog(w, records)
	return l.State(), err
}

// Log is the chain of a workspace with the state after each statement. It is
// safe for concurrent use. A Log begins empty or with records; it only grows,
// but for the cut back of a fork (TR5) and the receipt of the first relay
// statement (WI18).
type Log struct {
	mu      sync.RWMutex
	want    canon.WorkspaceID
	records []Record
	states  []*State
	hashes  []canon.Hash
}

// NewLog judges the records and keeps them; w as in Replay. On error the log
// holds what stands before the record that the ReplayError names.
func NewLog(w canon.WorkspaceID, records []Record) (*Log, error) {
	l := &Log{want: w}
	for i, r := range records {
		if err := l.Append(r); err != nil {
			return l, &ReplayError{Seq: uint64(i), Err: err}
		}
	}
	return l, nil
}

// Append judges the record and adds it. The same record again changes nothing
// and is no error, so that a lost answer does no harm (TR3); the first relay
// statement with the receipt that it lacked replaces itself (WI18). A valid
// other record at a seq that the log has gives charter_moved, as does one
// beyond the head.
func (l *Log) Append(r Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.records) == 0 {
		s, w, err := Genesis(r)
		if err != nil {
			return err
		}
		if l.want != (canon.WorkspaceID{}) && l.want != w {
			return denied("ID1", "genesis of another workspace")
		}
		l.want = w
		l.push(r, s)
		return nil
	}
	head, err := r.Head(l.want)
	if err != nil {
		return err
	}
	if head.Seq < uint64(len(l.records)) && l.hashes[head.Seq] == head.Hash {
		return l.again(r, head)
	}
	s, err := l.states[len(l.states)-1].Apply(r)
	if err != nil {
		return err
	}
	l.push(r, s)
	return nil
}

// again takes a record that stands already; only a missing first receipt is new.
func (l *Log) again(r Record, head Head) error {
	last := int(head.Seq) == len(l.records)-1
	if !last || !l.states[head.Seq].AwaitsReceipt() || r.Receipt == nil {
		return nil
	}
	s, err := l.states[head.Seq-1].Apply(r)
	if err != nil {
		return err
	}
	l.records[head.Seq], l.states[head.Seq] = r, s
	return nil
}

func (l *Log) push(r Record, s *State) {
	l.records = append(l.records, r)
	l.states = append(l.states, s)
	l.hashes = append(l.hashes, s.head.Hash)
}

// State is the state after the last statement, nil while the log is empty.
func (l *Log) State() *State {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if len(l.states) == 0 {
		return nil
	}
	return l.states[len(l.states)-1]
}

// Len is the number of records.
func (l *Log) Len() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.records)
}

// Workspace is the id that genesis made; before it what NewLog was told.
func (l *Log) Workspace() canon.WorkspaceID {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.want
}

// Head is the last statement; ok is false while the log is empty.
func (l *Log) Head() (h Head, ok bool) {
	s := l.State()
	if s == nil {
		return Head{}, false
	}
	return s.Head(), true
}

// At is the state after statement seq: what the gate judges by at that charter
// position (GA1).
func (l *Log) At(seq uint64) (*State, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if seq >= uint64(len(l.states)) {
		return nil, false
	}
	return l.states[seq], true
}

// HashAt is the hash of statement seq.
func (l *Log) HashAt(seq uint64) (canon.Hash, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if seq >= uint64(len(l.hashes)) {
		return canon.Hash{}, false
	}
	return l.hashes[seq], true
}

// Contradicts tells whether a head seen in an envelope, bundle, block or
// handshake cannot be on this chain: a fork (TR5). A head above the own is no
// contradiction (TR6).
func (l *Log) Contradicts(h Head) bool {
	own, ok := l.HashAt(h.Seq)
	return ok && own != h.Hash
}

// Records are the records after seq after, or all from genesis with from zero:
// Records(0) begins with statement 1, All with genesis.
func (l *Log) Records(after uint64) []Record { return l.from(after + 1) }

// All are the records from genesis.
func (l *Log) All() []Record { return l.from(0) }

func (l *Log) from(seq uint64) []Record {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if seq >= uint64(len(l.records)) {
		return nil
	}
	return slices.Clone(l.records[seq:])
}

// Record is the record of statement seq.
func (l *Log) Record(seq uint64) (Record, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if seq >= uint64(len(l.records)) {
		return Record{}, false
	}
	return l.records[seq], true
}

// Evidence finds the first place at which another chain of the same workspace
// leaves this one, and proves that both are valid there: the two records of a
// fork (TR5). ok is false where one chain is a prefix of the other, or where the
// other record is invalid, which is no fork but a refusal.
func (l *Log) Evidence(other []Record) (own, theirs Record, ok bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, r := range other {
		h, err := r.Head(l.want)
		if err != nil || h.Seq == 0 || h.Seq >= uint64(len(l.records)) {
			return Record{}, Record{}, false
		}
		if l.hashes[h.Seq] == h.Hash {
			continue
		}
		if _, err := l.states[h.Seq-1].Apply(r); err != nil {
			return Record{}, Record{}, false
		}
		return l.records[h.Seq], r, true
	}
	return Record{}, Record{}, false
}

// Cut takes the log back to statement seq: a person's decision after a fork
// (TR5). The records cut off are returned.
func (l *Log) Cut(seq uint64) []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	if seq+1 >= uint64(len(l.records)) {
		return nil
	}
	off := slices.Clone(l.records[seq+1:])
	l.records = slices.Clip(l.records[:seq+1])
	l.states = slices.Clip(l.states[:seq+1])
	l.hashes = slices.Clip(l.hashes[:seq+1])
	return off
}
