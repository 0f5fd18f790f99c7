package charter_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
)

// view is everything a state answers with.
func view(s *charter.State) map[string]any {
	v := map[string]any{
		"head": s.Head(), "time": s.Time(), "members": s.Members(), "devices": s.Devices(), "departments": s.Departments(),
		"roles": s.Roles(), "sections": s.Sections(), "fields": s.Fields(), "relays": s.Relays(), "kit": s.Kit(),
		"invites": s.OpenInvites(s.Time()), "erased": s.ErasedDocs(),
	}
	for _, x := range s.Sections() {
		v["holders "+x.ID] = s.Holders(x.ID, s.Time())
		v["awaits "+x.ID] = s.AwaitsKey(x.ID)
	}
	for _, d := range s.Devices() {
		v["grants "+d.ID.String()] = len(s.GrantsTo(d.ID))
	}
	return v
}

// TestTR1_PureFunction applies every record of a chain with every kind again,
// at the state before it, after all later ones were applied, and concurrently.
func TestTR1_PureFunction(t *testing.T) {
	t.Parallel()
	records, _ := readChain(t)
	log, err := charter.NewLog(canon.WorkspaceID{}, records)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for seq := 1; seq < len(records); seq++ {
		wg.Go(func() {
			before, _ := log.At(uint64(seq - 1))
			want, _ := log.At(uint64(seq))
			got, err := before.Apply(records[seq])
			if err != nil {
				t.Errorf("statement %d again: %v", seq, err)
				return
			}
			if diff := cmp.Diff(view(got), view(want)); diff != "" {
				t.Errorf("statement %d again (-got +want)\n%s", seq, diff)
			}
			if s, err := charter.Replay(log.Workspace(), records[:seq]); err != nil || !cmp.Equal(view(s), view(before)) {
				t.Errorf("replay to %d differs from the state kept (%v)", seq-1, err)
			}
		})
	}
	wg.Wait()
}

// TestPopulate builds what the tests above charter start from.
func TestPopulate(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 300)
	people := w.Populate(14)
	if got := len(w.State().Members()); got != 15 {
		t.Errorf("%d members, want 15", got)
	}
	for _, d := range people {
		w.Ring(d) // fails on a broken grant
	}
	again := chartertest.New(t, 300)
	if again.Founder.Device() != w.Founder.Device() || again.RelayKey() != w.RelayKey() || again.ID == w.ID {
		t.Error("keys must follow from the seed, the workspace id not")
	}
}
