//go:build cgo

package relay

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/peer/simnet"
	"tongce/crdt/repo"
	"tongce/crdt/wire"
)

const (
	simActions = 260
	simPause   = 220 * time.Millisecond
	simRest    = 20 * time.Minute
)

// simFailure is what failf ends a run with.
type simFailure string

func (s *sim) failf(format string, args ...any) {
	panic(simFailure(fmt.Sprintf(format, args...)))
}

// runSim is one seed from the first edit to equal books; the error says what
// was broken.
func runSim(t *testing.T, seed uint64, bug simBug, also ...func(*sim)) (st *simStats, err error) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, seed)
	defer func() {
		switch p := recover().(type) {
		case nil:
		case simFailure:
			err = fmt.Errorf("seed %d: %s", seed, string(p))
		default:
			panic(p)
		}
	}()
	s := newSim(t, seed, bug)
	for _, fn := range also {
		fn(s)
	}
	s.ticks()
	for range simActions {
		s.act()
		s.net.Run(s.net.Now().Add(time.Duration(s.rng.Int64N(int64(2*simPause)))), nil)
	}
	s.finish()
	s.check()
	s.relay.count()
	s.stats.net = s.net.Counts()
	return &s.stats, nil
}

// trace prints what happens when TONGCE_TRACE is set, to read one seed.
func (s *sim) trace(format string, args ...any) {
	if s.tracing {
		s.t.Logf("%8.3f "+format, append([]any{s.net.Now().Sub(s.start).Seconds()}, args...)...)
	}
}

func (s *sim) ticks() {
	for _, d := range s.devs {
		d.tick()
	}
	s.relay.step()
	s.net.After(time.Second, s.ticks)
}

// finish lets everybody come to rest without faults.
func (s *sim) finish() {
	s.calm = true
	s.net.Faults = [2]simnet.Faults{}
	s.relay.stream.cut = 0
	for _, d := range s.devs {
		d.off, d.armed = false, ""
		d.st.CrashAt(0)
	}
	var quiet time.Time
	s.trace("calm")
	if !s.net.Run(s.net.Now().Add(simRest), func() bool {
		for _, d := range s.devs {
			if !d.up || d.link == nil || !d.peer.Quiet() {
				quiet = time.Time{}
				return false
			}
		}
		if quiet.IsZero() {
			quiet = s.net.Now()
		}
		return s.net.Now().Sub(quiet) > 90*time.Second // longer than any patience
	}) {
		s.failf("no rest: %s", s.standing())
	}
}

func (s *sim) standing() string {
	var b strings.Builder
	for _, d := range s.devs {
		if !d.up {
			fmt.Fprintf(&b, "%d down; ", d.i)
			continue
		}
		st, _ := d.peer.Status()
		fmt.Fprintf(&b, "%d %s %s pending %d blocked %d linked %v; ", d.i, st.State, st.Code, st.Pending, d.repo.Blocked(), d.link != nil)
	}
	return b.String()
}

func (e *simEdit) String() string { return e.doc.String() + " " + e.key + " " + e.value }

// told adds every value that the history of a device's documents holds: what was
// accepted, and what waits if that counts too.
func (s *sim) told(r *repo.Repo, into map[string]bool, waiting bool) {
	for _, doc := range s.docs {
		list, err := r.History(doc)
		if err != nil {
			continue
		}
		for _, h := range list {
			for _, k := range h.Keys {
				if waiting || !h.Pending {
					into[doc.String()+" "+k.Key+" "+k.New.Value.Str()] = true
				}
			}
		}
		v, err := r.Read(doc)
		if err != nil {
			continue
		}
		text, err := r.Text(v, "n:memo")
		if err != nil {
			continue
		}
		for part := range strings.SplitAfterSeq(text, ";") {
			into[doc.String()+" n:memo "+part] = true
		}
	}
}

// simHolds tells whether an item of the list keeps an edit.
func simHolds(u repo.Unaccepted, e *simEdit) bool {
	return u.Doc == e.doc && u.Key == e.key && strings.Contains(u.Value.Str(), e.value)
}

// check compares all books with each other and with the relay, and looks for
// every edit that was promised.
func (s *sim) check() {
	ctx := context.Background()
	if err := s.relay.room.summarize(ctx); err != nil {
		s.failf("summarize: %v", err)
	}
	var own []wire.DocSummary
	for d, i := range s.relay.room.index.docs {
		if i.exists && !s.relay.room.state().Erased(d) {
			own = append(own, wire.DocSummary{Doc: d, Hash: i.sum})
		}
	}
	want := wire.SummarizeRanges(own)
	waiting := map[canon.DocID]bool{}
	for _, d := range s.devs {
		got, err := d.repo.Summary()
		if err != nil {
			s.failf("summary: %v", err)
		}
		if !slices.Equal(got, want) {
			d.differs(own, waiting)
		}
		missing, err := d.repo.MissingSalts()
		if err != nil {
			s.failf("missing salts: %v", err)
		}
		for _, doc := range missing {
			if !s.saltsLost[doc] || s.anySalt(doc) {
				s.failf("device %d has no salt of %s", d.i, doc)
			}
		}
		if n, err := d.repo.OutboxLen(); n != 0 || err != nil {
			s.failf("device %d keeps %d envelopes: %v", d.i, n, err)
		}
	}
	first := s.devs[0].book(waiting)
	for _, d := range s.devs {
		if b := d.book(waiting); b != first {
			s.failf("devices 0 and %d show other books", d.i)
		}
		problems, err := d.repo.Verify(ctx, nil)
		if err != nil {
			s.failf("verify: %v", err)
		}
		for _, p := range problems {
			// What a relay lied about, and what a process died with (PK5): the
			// summary above has shown that nothing of it is missing.
			if p.Kind != "pack" && p.Rule != "PK5" {
				s.failf("device %d: problem %+v", d.i, p)
			}
		}
	}
	s.promises()
}

// anySalt tells whether a device or the relay has a salt.
func (s *sim) anySalt(doc canon.DocID) bool {
	if i := s.relay.room.index.docs[doc]; i != nil && i.salt != nil {
		return true
	}
	return slices.ContainsFunc(s.devs, func(d *simDevice) bool {
		_, ok, err := d.repo.Salt(doc)
		return ok || err != nil
	})
}

// differs fails unless all that this device has more than the relay waits as
// HE4 says. Documents with such edits go into waiting.
func (d *simDevice) differs(relay []wire.DocSummary, waiting map[canon.DocID]bool) {
	mine, err := d.repo.SummaryOf()
	if err != nil {
		d.s.failf("summary: %v", err)
	}
	for _, r := range relay {
		if !slices.ContainsFunc(mine, func(m wire.DocSummary) bool { return m.Doc == r.Doc }) {
			d.s.failf("device %d lacks %s", d.i, r.Doc)
		}
	}
	for _, m := range mine {
		if slices.Contains(relay, m) {
			continue
		}
		if s := d.more(m.Doc); s != "" {
			d.s.failf("device %d and the relay have %s otherwise: %s", d.i, m.Doc, s)
		}
		waiting[m.Doc] = true
	}
}

// more compares the changes of one document; "" when the device has all of the
// relay's, and what it has more waits as HE4 says: a relay's log was wiped, the
// edit's author is the device's own member, the new log did not take all of the
// document when this device brought it, and if it is refused today then for that
// member's rights; or it stands on such an edit, whoever made it. Another
// member's device that has such an edit too fails on it, since it could bring it.
func (d *simDevice) more(doc canon.DocID) string {
	theirs, err := d.s.relay.room.recordsOf(context.Background(), doc)
	if err != nil {
		return err.Error()
	}
	there := map[canon.Hash]bool{} // by change, as summaries are (HE4)
	for i := range theirs {
		for _, h := range theirs[i].Envelope.Body.Hashes() {
			there[h] = true
		}
	}
	shared, waits := 0, map[canon.Hash]bool{}
	for _, r := range d.records(doc) {
		hashes := r.Envelope.Body.Hashes()
		if has := slices.DeleteFunc(slices.Clone(hashes), func(h canon.Hash) bool { return !there[h] }); len(has) > 0 {
			shared += len(has)
			continue
		}
		if s := d.waits(&r.Envelope, waits); s != "" {
			return s
		}
		for _, h := range hashes {
			waits[h] = true
		}
		d.s.stats.waiting++
	}
	if shared != len(there) {
		return fmt.Sprintf("%d of %d changes, %d more", shared, len(there), len(waits))
	}
	return ""
}

// waits is "" when HE4 lets an envelope wait that the relay does not have. The
// room is asked as for an upload by this device: rights that came back do not
// bring what was refused before.
func (d *simDevice) waits(e *wire.Envelope, those map[canon.Hash]bool) string {
	room := d.s.relay.room
	author, _ := room.state().MemberOf(e.Body.Device)
	c := room.uploaded(&conn{device: d.d.Device(), member: d.d.Member}, e)
	room.parse([]*candidate{c})
	if err := room.precheck(context.Background(), c); err != nil {
		return err.Error()
	}
	if !c.done {
		if _, err := room.judge(context.Background(), []*candidate{c}); err != nil {
			return err.Error()
		}
	}
	code := c.result.Code
	if c.refusal != nil {
		code = c.refusal.Code
	}
	d.s.trace("%d alone has %s of %s: %s", d.i, c.id, author.ID, code)
	switch {
	case d.s.stats.wiped == 0:
		return "no log was wiped"
	case code == wire.CodeMissingDeps && standsOn(e, those):
		return ""
	case author.ID != d.d.Member:
		return "here alone is an edit of another member: " + string(code)
	case d.denied[e.Body.Doc] != room.logID:
		return "an edit that was not brought to this log: " + string(code)
	case code != "" && code != wire.CodeRowDenied && code != wire.CodeFieldDenied:
		return "an edit that is refused, and not for rights: " + string(code)
	}
	return ""
}

// standsOn tells whether a change of an envelope follows one of those.
func standsOn(e *wire.Envelope, those map[canon.Hash]bool) bool {
	for _, b := range e.Body.Chunks {
		c, err := change.Decode(b)
		if err != nil {
			return false
		}
		if slices.ContainsFunc(c.Deps, func(h canon.Hash) bool { return those[h] }) {
			return true
		}
	}
	return false
}

// records are the accepted records of a document here.
func (d *simDevice) records(doc canon.DocID) (out []wire.LogRecord) {
	packs, err := d.repo.Packs(doc)
	if err != nil {
		d.s.failf("packs: %v", err)
	}
	for _, b := range packs {
		p, err := wire.ReadPack(b)
		if err != nil {
			d.s.failf("own pack: %v", err)
		}
		out = append(out, p.Records...)
	}
	return out
}

func (s *sim) promises() {
	book := map[string]bool{}
	for _, d := range s.devs { // equal but for what waits
		s.told(d.repo, book, false)
	}
	lists := map[*simDevice][]repo.Unaccepted{}
	for _, d := range s.devs {
		list, err := d.repo.NotAccepted()
		if err != nil {
			s.failf("list: %v", err)
		}
		lists[d] = list
		s.stats.listed += len(list)
	}
	for _, e := range s.edits {
		switch {
		case e.gone, book[e.String()]:
		case s.relay.room.state().Erased(e.doc):
			s.stats.erased++
		case !slices.ContainsFunc(lists[e.dev], func(u repo.Unaccepted) bool { return simHolds(u, e) }):
			s.failf("device %d: the edit %s was promised and is nowhere", e.dev.i, e)
		}
	}
}

// book is everything that a device shows but for some documents, in words.
func (d *simDevice) book(without map[canon.DocID]bool) string {
	var b strings.Builder
	docs := slices.Clone(d.s.docs)
	slices.SortFunc(docs, func(x, y canon.DocID) int { return bytes.Compare(x[:], y[:]) })
	for _, doc := range docs {
		v, err := d.repo.Read(doc)
		if err != nil || without[doc] {
			continue
		}
		for _, k := range v.Keys() {
			for _, e := range v.All(k) {
				fmt.Fprintf(&b, "%s %s %s@%s\n", doc, k, e.Value.Str(), e.ID)
			}
		}
		text, err := d.repo.Text(v, "n:memo")
		fmt.Fprintf(&b, "%s memo %s %v\n", doc, text, err)
	}
	return b.String()
}

// simSeeds are the seeds to run: TONGCE_SEED=n for one, TONGCE_SEEDS=n for as
// many from 1 on, TONGCE_SEEDS=from-to for a part, else the given number.
func simSeeds(t *testing.T, usual int) []uint64 {
	t.Helper()
	if one, err := strconv.ParseUint(os.Getenv("TONGCE_SEED"), 10, 64); err == nil {
		return []uint64{one}
	}
	first, last := 1, usual
	if s := os.Getenv("TONGCE_SEEDS"); s != "" {
		from, to, part := strings.Cut(s, "-")
		if !part {
			from, to = "1", s
		}
		var err error
		if first, err = strconv.Atoi(from); err == nil {
			last, err = strconv.Atoi(to)
		}
		if err != nil {
			t.Fatalf("TONGCE_SEEDS: %v", err)
		}
	}
	var seeds []uint64
	for n := first; n <= last; n++ {
		seeds = append(seeds, uint64(n))
	}
	return seeds
}

// TestConvergence is the simulation: devices and a relay with every fault end
// with equal books, and every edit that was promised is somewhere. It is not
// parallel because the seed gives the randomness of the whole process.
func TestConvergence(t *testing.T) { //nolint:paralleltest // see above
	total := simStats{kills: map[repo.WritePoint]int{}}
	seeds := simSeeds(t, simUsual)
	for _, seed := range seeds {
		st, err := runSim(t, seed, bugNone)
		if err != nil {
			t.Errorf("%v\nrun it again with TONGCE_SEED=%d go test -run TestConvergence ./relay", err, seed)
			continue
		}
		total.add(st)
	}
	total.report(t, len(seeds))
}

// TestConvergence_WI4_SilentLinks is the same with a relay that often falls
// silent: what it sent is lost while it goes on to take what it is sent, and
// it takes a while until anybody notices.
func TestConvergence_WI4_SilentLinks(t *testing.T) { //nolint:paralleltest // as above
	stalls, twice := 0, 0
	for _, seed := range simSeeds(t, simSilent) {
		st, err := runSim(t, seed, bugNone, func(s *sim) { s.net.Faults[simnet.B].Stall, s.net.Dead = 0.01, 15*time.Second })
		if err != nil {
			t.Errorf("%v\nrun it again with TONGCE_SEED=%d go test -run %s ./relay", err, seed, t.Name())
			continue
		}
		stalls, twice = stalls+st.net.Stall, twice+st.twice
	}
	if t.Logf("%d directions fell silent, %d envelopes answered as duplicates", stalls, twice); stalls == 0 || twice == 0 {
		t.Error("nothing was tested")
	}
}

func (s *simStats) report(t *testing.T, seeds int) {
	t.Helper()
	lines := []struct {
		name string
		n    int
	}{
		{"edits acknowledged", s.acknowledged},
		{"envelopes refused", s.refused},
		{"documents rebased", s.rebased},
		{"values on the list", s.listed},
		{"values discarded", s.discarded},
		{"packs made", s.packsMade},
		{"packs read", s.packsRead},
		{"documents read again for an edit of an old state", s.reread},
		{"relays restarted", s.restarted},
		{"relays killed in a step", s.died},
		{"relays that lost what was not synced", s.lost},
		{"relays wiped", s.wiped},
		{"relays healed", s.healed},
		{"devices restored", s.restored},
		{"forks found", s.forked},
		{"edits erased", s.erased},
		{"set aside", s.quarantined},
		{"edits that only their author's member has, refused for rights when brought (HE4), spared", s.waiting},
		{"changes of the core sent, all read by the gate", s.written},
		{"messages", s.net.Sent},
		{"dropped", s.net.Drop},
		{"duplicated", s.net.Duplicate},
		{"reordered", s.net.Reorder},
		{"links cut", s.net.Cut},
	}
	for _, p := range repo.WritePoints() {
		lines = append(lines, struct {
			name string
			n    int
		}{"kills at " + string(p), s.kills[p]})
	}
	t.Logf("%d seeds", seeds)
	for _, l := range lines {
		t.Logf("%8d %s", l.n, l.name)
		if l.n == 0 && seeds >= 100 && !strings.HasSuffix(l.name, "spared") {
			t.Errorf("no %s in %d seeds", l.name, seeds)
		}
	}
}
