package app_test

import (
	"slices"
	"testing"

	"tongce/app"
)

// TestDO19_TakeBackReopensEveryDecision: whichever value was decided for, taking
// the decision back, from the list of decisions or in the history, brings the field
// back into the queue with the same values.
func TestDO19_TakeBackReopensEveryDecision(t *testing.T) {
	t.Parallel()
	a, _ := testApp(t, t.TempDir())
	must[app.StartState](t)(service[*app.Start](t, a).Sample())
	review, history := service[*app.Review](t, a), service[*app.History](t, a)
	queue := must[app.ConflictsReply](t)(review.Conflicts())
	if queue.Total == 0 || len(queue.Decided) > 0 {
		t.Fatalf("the sample: %+v", queue)
	}
	card := func(of app.ConflictItem) (texts []string, ops []string) {
		c := must[app.ConflictView](t)(review.Conflict(app.ConflictRequest{ID: of.ID, Field: of.Field}))
		for _, s := range c.Sides {
			texts, ops = append(texts, s.Author.Member+" "+s.Text), append(ops, s.Op)
		}
		slices.Sort(texts)
		return texts, ops
	}
	for _, of := range queue.Items {
		before, ops := card(of)
		for _, op := range ops {
			for _, listed := range []bool{true, false} {
				made := must[app.SetReply](t)(review.Resolve(app.ResolveRequest{ID: of.ID, Field: of.Field, Op: op}))
				left := must[app.ConflictsReply](t)(review.Conflicts())
				if left.Total != queue.Total-1 || len(left.Decided) != 1 {
					t.Fatalf("%s decided: %d in the queue and %d decisions", of.Field, left.Total, len(left.Decided))
				}
				in := app.AtRequest{ID: of.ID, Change: left.Decided[0].Change}
				if in.Change != made.Change {
					t.Errorf("%s: the decision listed is %s, want %s", of.Field, in.Change, made.Change)
				}
				if listed {
					must[app.SetReply](t)(review.TakeBack(in))
				} else {
					must[app.SetReply](t)(history.Restore(app.RestoreRequest{ID: in.ID, Change: in.Change, Undo: true}))
				}
				again := must[app.ConflictsReply](t)(review.Conflicts())
				if after, _ := card(of); again.Total != queue.Total || len(again.Decided) > 0 || !slices.Equal(after, before) {
					t.Errorf("%s taken back: %d in the queue, %d decisions, %q, want %d, none, %q", of.Field, again.Total, len(again.Decided), after, queue.Total, before)
				}
			}
		}
	}
}
