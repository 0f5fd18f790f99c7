package app

import (
	"testing"
	"time"
)

func TestIndexingTellsHowLong(t *testing.T) {
	t.Parallel()
	start := time.Unix(1_800_000_000, 0)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	type state struct{ done, total, seconds int }
	var x indexing
	for _, step := range []struct {
		done, total, at int
		want            state
	}{
		{2000, 10_000, 0, state{2000, 10_000, 0}},
		{4000, 10_000, 2, state{4000, 10_000, 6}},
		{8000, 10_000, 6, state{8000, 10_000, 2}},
		{10_000, 10_000, 8, state{}},
		{2000, 4000, 60, state{2000, 4000, 0}}, // another one begins by itself
	} {
		x.note(step.done, step.total, at(step.at))
		var got state
		if got.done, got.total, got.seconds = x.left(at(step.at)); got != step.want {
			t.Errorf("%d of %d after %d s: got %+v, want %+v", step.done, step.total, step.at, got, step.want)
		}
	}
}
