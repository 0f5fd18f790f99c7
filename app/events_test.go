package app

import (
	"context"
	"io"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

type recorder struct {
	at     []time.Duration
	events []Event
	names  []string
	began  time.Time
}

func (r *recorder) Emit(name string, e Event) {
	r.at = append(r.at, time.Since(r.began))
	r.names, r.events = append(r.names, name), append(r.events, e)
}

func (*recorder) PickFiles(context.Context, string) ([]string, error) { return nil, nil }

func (*recorder) Read(string) (string, string, []byte, error) { return "", "", nil, nil }

func (*recorder) Save(context.Context, string, string, func(io.Writer) error) (string, error) {
	return "", nil
}

func (*recorder) OpenFolder(context.Context, string) error { return nil }

// 1,000 events in a second arrive as about ten, the first at once, none lost.
func TestEventsAreGathered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{began: time.Now()}
		e := newEmitter(r)
		for i := range 1000 {
			e.Happened(EventCustomers, "id"+strconv.Itoa(i%3))
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		e.Close()
		if n := len(r.events); n < 8 || n > 12 {
			t.Errorf("got %d events in a second, want about 10", n)
		}
		if r.at[0] > time.Millisecond {
			t.Errorf("the first came after %s, want at once", r.at[0])
		}
		last := r.events[len(r.events)-1]
		if last.Revision != 1000 || len(last.IDs) == 0 || len(last.IDs) > 3 {
			t.Errorf("last: got %+v, want revision 1000 and the ids once", last)
		}
	})
}

func TestEventsOfManyNameNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{began: time.Now()}
		e := newEmitter(r)
		e.Progress("job")
		synctest.Wait() // it is out, and what follows waits together
		for i := range eventIDs + 10 {
			e.Happened(EventCustomers, strconv.Itoa(i))
		}
		e.Happened(EventConflicts, "a")
		e.Happened(EventConflicts) // all
		e.Happened(EventConflicts, "b")
		time.Sleep(time.Second)
		e.Close()
		e.Happened(EventSync) // after Close: dropped
		if len(r.events) != 3 || r.names[0] != EventImport || r.events[0].Job != "job" {
			t.Fatalf("got %v, want three kinds in order", r.names)
		}
		for i := 1; i < 3; i++ {
			if len(r.events[i].IDs) != 0 {
				t.Errorf("%s: got %d ids, want none for all", r.names[i], len(r.events[i].IDs))
			}
		}
	})
}
