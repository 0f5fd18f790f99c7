// Package streamtest is the contract of stream.Stream as tests: whatever keeps
// a workspace's log has to pass all of it.
package streamtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/relay/stream"
)

// Medium opens and reopens one log.
type Medium struct {
	// Open opens the log that this test has used so far, or a new one.
	Open func(t *testing.T) stream.Stream
	// Wipe loses the log's data; the stream was closed before.
	Wipe func(t *testing.T)
}

// Run proves the contract on fresh media.
func Run(t *testing.T, fresh func(t *testing.T) Medium) {
	t.Helper()
	tests := map[string]func(*testing.T, Medium){
		"order": order, "expectation": expectation, "one of many wins": race, "subjects": subjects,
		"replace": replace, "reopen": reopen, "wipe": wipe, "large": large, "closed": closed,
		"callback error": callbackError, "cancelled": cancelled, "many": many,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t))
		})
	}
}

func put(t *testing.T, s stream.Stream, subject, data string, expect uint64) uint64 {
	t.Helper()
	r, err := s.Append(t.Context(), stream.Entry{Subject: subject, Data: []byte(data), Expect: expect})
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	if r[0].Err != nil {
		t.Fatalf("append to %s: %v", subject, r[0].Err)
	}
	return r[0].Seq
}

func all(t *testing.T, s stream.Stream, subject string, after uint64) []string {
	t.Helper()
	var got []string
	var last uint64
	err := s.Read(t.Context(), subject, after, func(e stream.Stored) error {
		if e.Seq <= last || e.Seq <= after {
			t.Errorf("sequence %d after %d, read after %d", e.Seq, last, after)
		}
		last = e.Seq
		if e.Subject != stream.SubjectLog {
			got = append(got, e.Subject+"="+string(e.Data))
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return got
}

func wantEntries(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func info(t *testing.T, s stream.Stream) stream.Info {
	t.Helper()
	i, err := s.Info(t.Context())
	if err != nil {
		t.Fatalf("info: %v", err)
	}
	return i
}

func closeIt(t *testing.T, s stream.Stream) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func order(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	defer closeIt(t, s)
	r, err := s.Append(t.Context(),
		stream.Entry{Subject: "doc.a", Data: []byte("1"), Expect: stream.Any},
		stream.Entry{Subject: "doc.b", Data: []byte("2"), Expect: stream.Any},
		stream.Entry{Subject: "doc.a", Data: nil, Expect: stream.Any})
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	if r[0].Seq+1 != r[1].Seq || r[1].Seq+1 != r[2].Seq {
		t.Errorf("sequences %d %d %d, want them one after the other", r[0].Seq, r[1].Seq, r[2].Seq)
	}
	wantEntries(t, all(t, s, "", 0), "doc.a=1", "doc.b=2", "doc.a=")
	wantEntries(t, all(t, s, "", r[0].Seq), "doc.b=2", "doc.a=")
	wantEntries(t, all(t, s, "", r[2].Seq))
	if got := info(t, s).Last; got != r[2].Seq {
		t.Errorf("last sequence %d, want %d", got, r[2].Seq)
	}
}

func expectation(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	defer closeIt(t, s)
	a := put(t, s, "charter", "0", 0)
	r, err := s.Append(t.Context(),
		stream.Entry{Subject: "charter", Data: []byte("late"), Expect: 0},
		stream.Entry{Subject: "charter", Data: []byte("1"), Expect: a},
		stream.Entry{Subject: "charter", Data: []byte("also late"), Expect: a},
		stream.Entry{Subject: "doc.a", Data: []byte("x"), Expect: 0})
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	got := []bool{errors.Is(r[0].Err, stream.ErrConflict), r[1].Err == nil, errors.Is(r[2].Err, stream.ErrConflict), r[3].Err == nil}
	if diff := cmp.Diff([]bool{true, true, true, true}, got); diff != "" {
		t.Errorf("results: %v", r)
	}
	wantEntries(t, all(t, s, "", 0), "charter=0", "charter=1", "doc.a=x")
}

func race(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	defer closeIt(t, s)
	base := put(t, s, "charter", "0", 0)
	const people, rounds = 4, 25
	for range rounds {
		var wg sync.WaitGroup
		results := make([]stream.Result, people)
		for p := range people {
			wg.Go(func() {
				r, err := s.Append(context.Background(), stream.Entry{Subject: "charter", Data: []byte{byte(p)}, Expect: base})
				if err != nil {
					t.Errorf("append: %v", err)
					return
				}
				results[p] = r[0]
			})
		}
		wg.Wait()
		won := 0
		for _, r := range results {
			if r.Err == nil {
				won, base = won+1, r.Seq
			} else if !errors.Is(r.Err, stream.ErrConflict) {
				t.Errorf("loser got %v, want ErrConflict", r.Err)
			}
		}
		if won != 1 {
			t.Fatalf("%d appends won, want 1", won)
		}
	}
	if got := len(all(t, s, "charter", 0)); got != rounds+1 {
		t.Errorf("%d entries, want %d", got, rounds+1)
	}
}

func subjects(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	defer closeIt(t, s)
	for _, e := range []string{"doc.a", "doc.ab", "docs", "salt.a", "doc.a"} {
		put(t, s, e, "x", stream.Any)
	}
	wantEntries(t, all(t, s, "doc.a", 0), "doc.a=x", "doc.a=x")
	wantEntries(t, all(t, s, "doc.>", 0), "doc.a=x", "doc.ab=x", "doc.a=x")
	wantEntries(t, all(t, s, "held.>", 0))
	last, err := s.Last(t.Context(), "doc.ab")
	if err != nil || last.Subject != "doc.ab" || string(last.Data) != "x" {
		t.Errorf("last of doc.ab: %v, %v", last, err)
	}
	if _, err := s.Last(t.Context(), "doc.c"); !errors.Is(err, stream.ErrNotFound) {
		t.Errorf("last of an empty subject: %v, want ErrNotFound", err)
	}
}

func replace(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	put(t, s, "doc.a", "1", 0)
	b := put(t, s, "doc.a", "2", stream.Any)
	put(t, s, "doc.b", "x", stream.Any)
	c := put(t, s, "doc.c", "y", 0)
	pack := func(subject string, expect uint64) stream.Entry {
		return stream.Entry{Subject: subject, Data: []byte("pack"), Expect: expect}
	}
	before := info(t, s).Last
	r, err := s.Replace(t.Context(), pack("doc.a", b-1), pack("doc.c", c))
	if err != nil || !errors.Is(r[0].Err, stream.ErrConflict) || r[1].Err != nil || r[1].Seq != before+1 {
		t.Fatalf("replace, the first one behind another entry: %v, %v", r, err)
	}
	wantEntries(t, all(t, s, "", 0), "doc.a=1", "doc.a=2", "doc.b=x", "doc.c=pack")
	r, err = s.Replace(t.Context(), pack("doc.a", b))
	if err != nil || r[0].Err != nil || r[0].Seq != before+2 {
		t.Fatalf("replace: %v, %v; want sequence %d", r, err, before+2)
	}
	put(t, s, "doc.a", "3", r[0].Seq)
	wantEntries(t, all(t, s, "", 0), "doc.b=x", "doc.c=pack", "doc.a=pack", "doc.a=3")
	wantEntries(t, all(t, s, "doc.a", 0), "doc.a=pack", "doc.a=3")
	four := put(t, s, "doc.a", "4", stream.Any)
	// One of the old ones is gone already, as after a crash.
	if r, err = s.Replace(t.Context(), stream.Entry{Subject: "doc.a", Data: []byte("more"), Expect: four, Old: []uint64{b, four - 1, four}}); err != nil || r[0].Err != nil {
		t.Fatalf("replace some: %v, %v", r, err)
	}
	wantEntries(t, all(t, s, "doc.a", 0), "doc.a=pack", "doc.a=more")
	if last, err := s.Last(t.Context(), "doc.a"); err != nil || string(last.Data) != "more" {
		t.Errorf("last after replacing some: %v, %v", last, err)
	}
	closeIt(t, s)
	s = m.Open(t)
	defer closeIt(t, s)
	wantEntries(t, all(t, s, "", 0), "doc.b=x", "doc.c=pack", "doc.a=pack", "doc.a=more")
}

func reopen(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	put(t, s, "doc.a", "1", 0)
	before := info(t, s)
	if before.Log == (stream.LogID{}) {
		t.Error("log id is zero")
	}
	if err := s.Sync(t.Context()); err != nil {
		t.Errorf("sync: %v", err)
	}
	closeIt(t, s)
	s = m.Open(t)
	defer closeIt(t, s)
	after := info(t, s)
	if before.Log != after.Log || before.Last != after.Last {
		t.Errorf("after reopening: %v, want %v", after, before)
	}
	put(t, s, "doc.a", "2", before.Last)
	wantEntries(t, all(t, s, "", 0), "doc.a=1", "doc.a=2")
}

func wipe(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	put(t, s, "doc.a", "1", 0)
	before := info(t, s)
	closeIt(t, s)
	m.Wipe(t)
	s = m.Open(t)
	defer closeIt(t, s)
	after := info(t, s)
	if before.Log == after.Log {
		t.Error("HE1: a wiped stream has the same log id")
	}
	wantEntries(t, all(t, s, "", 0))
}

func large(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	defer closeIt(t, s)
	big := bytes.Repeat([]byte("0123456789abcdef"), stream.MaxEntry/16)
	r, err := s.Append(t.Context(), stream.Entry{Subject: "doc.a", Data: big, Expect: 0},
		stream.Entry{Subject: "doc.b", Data: append(big, 0), Expect: 0},
		stream.Entry{Subject: "doc.c", Data: []byte("c"), Expect: 0})
	if err != nil {
		t.Fatalf("append: %v", err)
	}
	if r[0].Err != nil || !errors.Is(r[1].Err, stream.ErrTooLarge) || r[2].Err != nil {
		t.Errorf("results %v, want only the second refused", r)
	}
	last, err := s.Last(t.Context(), "doc.a")
	if err != nil || !bytes.Equal(last.Data, big) {
		t.Errorf("large entry came back as %d bytes, %v", len(last.Data), err)
	}
}

func closed(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	closeIt(t, s)
	closeIt(t, s)
	_, errAppend := s.Append(t.Context(), stream.Entry{Subject: "doc.a", Expect: stream.Any})
	_, errInfo := s.Info(t.Context())
	_, errLast := s.Last(t.Context(), "doc.a")
	_, errReplace := s.Replace(t.Context(), stream.Entry{Subject: "doc.a", Expect: stream.Any})
	errRead := s.Read(t.Context(), "", 0, func(stream.Stored) error { return nil })
	for i, err := range []error{errAppend, errInfo, errLast, errReplace, errRead, s.Sync(t.Context())} {
		if !errors.Is(err, stream.ErrClosed) {
			t.Errorf("call %d on a closed stream: %v, want ErrClosed", i, err)
		}
	}
}

func callbackError(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	defer closeIt(t, s)
	for range 3 {
		put(t, s, "doc.a", "1", stream.Any)
	}
	stop := errors.New("stop")
	calls := 0
	err := s.Read(t.Context(), "doc.a", 0, func(stream.Stored) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls and %v, want 1 call and its error", calls, err)
	}
}

func cancelled(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	defer closeIt(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Read(ctx, "", 0, func(stream.Stored) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("read with an ended context: %v", err)
	}
}

func many(t *testing.T, m Medium) {
	t.Helper()
	s := m.Open(t)
	defer closeIt(t, s)
	const n = 2000 // several answers of the embedded server
	entries := make([]stream.Entry, n)
	want := make([]string, n)
	for i := range entries {
		entries[i] = stream.Entry{Subject: fmt.Sprintf("doc.%d", i%300), Data: []byte(fmt.Sprint(i)), Expect: stream.Any}
		want[i] = entries[i].Subject + "=" + string(entries[i].Data)
	}
	if _, err := s.Append(t.Context(), entries...); err != nil {
		t.Fatalf("append: %v", err)
	}
	wantEntries(t, all(t, s, "", 0), want...)
}
