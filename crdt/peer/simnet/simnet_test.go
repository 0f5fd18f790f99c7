package simnet_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/peer/simnet"
)

// ears is an end of a link that writes down what it hears.
type ears struct {
	n     *simnet.Network
	heard []string
	when  []time.Time
}

func (e *ears) note(s string) {
	e.heard, e.when = append(e.heard, s), append(e.when, e.n.Now())
}

func (e *ears) Opened(*simnet.Link, simnet.Side) { e.note("opened") }

func (e *ears) Received(_ *simnet.Link, _ simnet.Side, data []byte) { e.note(string(data)) }

func (e *ears) Closed(*simnet.Link, simnet.Side) { e.note("closed") }

func pair(seed uint64) (*simnet.Network, *ears, *ears, *simnet.Link) {
	n := simnet.New(seed, time.Unix(1000, 0))
	a, b := &ears{n: n}, &ears{n: n}
	return n, a, b, n.Link(a, b)
}

func numbers(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprint(i))
	}
	return out
}

func TestOrderWithoutFaults(t *testing.T) {
	t.Parallel()
	n, a, b, l := pair(1)
	n.Run(n.Now().Add(time.Second), nil)
	for _, s := range numbers(200) {
		l.Send(simnet.A, []byte(s))
		n.Run(n.Now().Add(time.Millisecond), nil)
	}
	n.Run(n.Now().Add(time.Second), nil)
	if diff := cmp.Diff(append([]string{"opened"}, numbers(200)...), b.heard); diff != "" {
		t.Errorf("heard (-want +got):\n%s", diff)
	}
	for i := 1; i < len(b.when); i++ {
		if b.when[i].Before(b.when[i-1]) {
			t.Fatal("time went back")
		}
	}
	if diff := cmp.Diff([]string{"opened"}, a.heard); diff != "" {
		t.Errorf("the sender heard (-want +got):\n%s", diff)
	}
}

// The same seed and the same calls give the same run.
func TestSameSeedSameRun(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) ([]string, []time.Time, simnet.Counts) {
		n, _, b, l := pair(seed)
		n.Faults[simnet.A] = simnet.Faults{Drop: 0.1, Duplicate: 0.1, Reorder: 0.1}
		n.Run(n.Now().Add(time.Second), nil)
		for _, s := range numbers(100) {
			l.Send(simnet.A, []byte(s))
		}
		n.Run(n.Now().Add(time.Second), nil)
		return b.heard, b.when, n.Counts()
	}
	h1, w1, c1 := run(7)
	h2, w2, c2 := run(7)
	if !cmp.Equal(h1, h2) || !cmp.Equal(w1, w2) || c1 != c2 {
		t.Error("two runs of one seed differ")
	}
	if h3, _, _ := run(8); cmp.Equal(h1, h3) {
		t.Error("another seed gives the same run")
	}
	if c1.Drop == 0 || c1.Duplicate == 0 || c1.Reorder == 0 || c1.Sent != 100 {
		t.Errorf("counts %+v", c1)
	}
	if want := 100 - c1.Drop + c1.Duplicate + 1; len(h1) != want {
		t.Errorf("%d heard, want %d", len(h1), want)
	}
}

// A stream that loses something ends: what was sent behind it never arrives.
func TestLossEndsAStream(t *testing.T) {
	t.Parallel()
	n, a, b, l := pair(3)
	n.Faults[simnet.A] = simnet.Faults{Drop: 0.05, Stream: true}
	n.Run(n.Now().Add(time.Second), nil)
	for _, s := range numbers(300) {
		l.Send(simnet.A, []byte(s))
		n.Run(n.Now().Add(5*time.Millisecond), nil)
	}
	n.Run(n.Now().Add(time.Second), nil)
	got := b.heard[1:]
	if len(got) < 2 || got[len(got)-1] != "closed" || a.heard[len(a.heard)-1] != "closed" {
		t.Fatalf("heard %v", got)
	}
	if diff := cmp.Diff(numbers(len(got)-1), got[:len(got)-1]); diff != "" {
		t.Errorf("not the beginning of what was sent (-want +got):\n%s", diff)
	}
}

// TestWI4_StalledDirection: nothing more arrives from one side, the other goes
// on; both ends hear of the end when the link counts as dead.
func TestWI4_StalledDirection(t *testing.T) {
	t.Parallel()
	n, a, b, l := pair(10)
	n.Faults[simnet.B] = simnet.Faults{Stall: 0.05, Stream: true}
	n.Run(n.Now().Add(time.Second), nil)
	begin := n.Now()
	var stalled time.Time
	for _, s := range numbers(300) {
		l.Send(simnet.A, []byte(s))
		l.Send(simnet.B, []byte(s))
		if stalled.IsZero() && n.Counts().Stall > 0 {
			stalled = n.Now()
		}
		n.Run(n.Now().Add(5*time.Millisecond), nil)
	}
	n.Run(begin.Add(2*n.Dead), nil)
	if diff := cmp.Diff(slices.Concat([]string{"opened"}, numbers(300), []string{"closed"}), b.heard); diff != "" {
		t.Errorf("the direction that goes on (-want +got):\n%s", diff)
	}
	last := len(a.heard) - 1
	if n.Counts().Stall != 1 || last < 2 || last > 290 || a.heard[last] != "closed" {
		t.Fatalf("%d stalls, heard %v", n.Counts().Stall, a.heard)
	}
	if diff := cmp.Diff(numbers(last-1), a.heard[1:last]); diff != "" {
		t.Errorf("not the beginning of what was sent (-want +got):\n%s", diff)
	}
	if silent := a.when[last].Sub(stalled); silent < n.Dead || silent > n.Dead+n.Delay {
		t.Errorf("the link ended after %v of silence", silent)
	}
}

func TestEndsOfALink(t *testing.T) {
	t.Parallel()
	n, _, b, l := pair(4)
	n.Run(n.Now().Add(time.Second), nil)
	l.Send(simnet.A, []byte("last words"))
	l.Close(simnet.A)
	l.Send(simnet.A, []byte("too late"))
	n.Run(n.Now().Add(time.Second), nil)
	if diff := cmp.Diff([]string{"opened", "last words", "closed"}, b.heard); diff != "" {
		t.Errorf("after Close the other end heard (-want +got):\n%s", diff)
	}
	n, a, b, l := pair(5)
	n.Run(n.Now().Add(time.Second), nil)
	l.Crash(simnet.A)
	l.Send(simnet.B, []byte("to nobody"))
	n.Run(n.Now().Add(time.Second), nil)
	if diff := cmp.Diff([]string{"opened"}, a.heard); diff != "" {
		t.Errorf("the dead end heard (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"opened", "closed"}, b.heard); diff != "" {
		t.Errorf("the other end heard (-want +got):\n%s", diff)
	}
	n, a, b, l = pair(6)
	l.Cut()
	l.Cut()
	n.Run(n.Now().Add(time.Second), nil)
	for _, e := range []*ears{a, b} {
		if got := e.heard[len(e.heard)-1]; got != "closed" {
			t.Errorf("after a cut: %v", e.heard)
		}
	}
	if n.Counts().Cut == 0 {
		t.Error("the cut is not counted")
	}
}

func TestTimers(t *testing.T) {
	t.Parallel()
	n := simnet.New(9, time.Unix(0, 0))
	var got []int
	n.After(2*time.Second, func() { got = append(got, 2) })
	n.After(time.Second, func() {
		got = append(got, 1)
		n.After(5*time.Second, func() { got = append(got, 3) })
	})
	if n.Run(n.Now().Add(3*time.Second), func() bool { return len(got) == 3 }) {
		t.Error("done too early")
	}
	if !n.Run(n.Now().Add(time.Minute), func() bool { return len(got) == 3 }) || n.Now() != time.Unix(6, 0) {
		t.Errorf("%v at %v", got, n.Now())
	}
	if diff := cmp.Diff([]int{1, 2, 3}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
