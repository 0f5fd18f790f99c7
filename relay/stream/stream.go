// Package stream keeps the ordered log of a workspace: one sequence of entries
// under subjects, in memory or on a NATS JetStream inside the process.
//
// It is the only importer of NATS. It knows nothing of what its entries mean.
package stream

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
)

// Errors of a Stream; all are wrapped with the operation.
var (
	// ErrConflict means that the last entry of the subject was not the expected one.
	ErrConflict = errors.New("another entry came first")
	// ErrNotFound means that the subject has no entry.
	ErrNotFound = errors.New("no such entry")
	// ErrTooLarge means that an entry is over MaxEntry.
	ErrTooLarge = errors.New("entry too large")
	// ErrClosed means that the stream was closed.
	ErrClosed = errors.New("stream is closed")
)

// MaxEntry is the largest entry: a document of 4 MiB with all its signatures,
// rolled up into one.
const MaxEntry = 12 << 20

// SubjectLog is the subject of the first entry of every stream. Its data is
// the log id; it is written by Open and by nobody else.
const SubjectLog = "log"

// LogID tells one life of a stream from the next: a stream that was wiped has
// another (HE1).
type LogID [16]byte

func (id LogID) String() string { return hex.EncodeToString(id[:]) }

// Any as Entry.Expect appends whatever the subject holds.
const Any = ^uint64(0)

// Entry is one thing to append.
type Entry struct {
	// Subject is one or more tokens of letters, digits, '-' and '_', with dots between.
	Subject string
	Data    []byte
	// Expect is the sequence that the subject's last entry must have, 0 for
	// no entry yet, or Any.
	Expect uint64
	// Old are the sequences that Replace removes, in order; nil for all of the
	// subject.
	Old []uint64
}

// Stored is an entry at its place.
type Stored struct {
	Seq     uint64
	Subject string
	Data    []byte
}

// Result says where an entry went, or why it did not.
type Result struct {
	Seq uint64
	Err error
}

// Info describes a stream.
type Info struct {
	Log LogID
	// First and Last are the lowest and highest sequence that is or was
	// there; Last never goes down while the log id stays.
	First, Last uint64
	// Entries and Bytes count what is held.
	Entries, Bytes uint64
}

// Stream is the one order of a workspace (GA2). All methods may be called from
// several goroutines; what Append has returned is seen by every later Read.
type Stream interface { //nolint:interfacebloat // a published contract with a suite, of which each method is needed
	// Append adds entries in order and returns one result for each. An entry
	// whose expectation fails gets ErrConflict and those behind it go on. An
	// error of Append itself means that nothing is known of the entries.
	Append(ctx context.Context, entries ...Entry) ([]Result, error)
	// Read calls fn for the entries with a sequence above after, in order, at least up
	// to the one that was last when Read began. A subject limits them: a
	// whole one, or a prefix followed by ".>"; empty means all. Entries appended
	// meanwhile may be among them. Read ends
	// with the first error of fn. Data belongs to fn.
	Read(ctx context.Context, subject string, after uint64, fn func(Stored) error) error
	// Last returns the newest entry of a subject, or ErrNotFound.
	Last(ctx context.Context, subject string) (Stored, error)
	// Replace appends entries of different subjects like Append, and puts each in
	// the place of all entries of its subject, or of Old. Like everything appended
	// before, it is on disk before an old one goes: after a crash any of them may
	// still be there.
	Replace(ctx context.Context, entries ...Entry) ([]Result, error)
	// Sync returns when everything appended before is on disk.
	Sync(ctx context.Context) error
	// Info describes the stream.
	Info(ctx context.Context) (Info, error)
	// Close ends the stream after what was appended is on disk. Calls under
	// way get ErrClosed.
	Close() error
}

// ReplaceBy is Replace by Append, Sync and a way to remove what an entry replaces
// that was appended at a sequence: what is new is on disk before what is old goes.
func ReplaceBy(ctx context.Context, s interface {
	Append(ctx context.Context, entries ...Entry) ([]Result, error)
	Sync(ctx context.Context) error
}, remove func(e Entry, at uint64) error, entries ...Entry,
) ([]Result, error) {
	results, err := s.Append(ctx, entries...)
	if err == nil {
		err = s.Sync(ctx)
	}
	for i, r := range results {
		if err == nil && r.Err == nil {
			err = remove(entries[i], r.Seq)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("replace: %w", err)
	}
	return results, nil
}

// matches tells whether subject is pattern, lies under it, or pattern is empty.
func matches(pattern, subject string) bool {
	if pattern == "" || pattern == subject {
		return true
	}
	n := len(pattern)
	return n > 2 && pattern[n-2:] == ".>" && len(subject) > n-1 && subject[:n-1] == pattern[:n-1]
}
