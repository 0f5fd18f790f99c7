package workspace

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"tongce/app/link"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/peer"
)

func (w *Workspace) openLink() {
	p := peer.New(peer.Config{Repo: w.repo, Signer: w.keys, Program: w.deps.Program, Rand: w.deps.Rand, Name: w.nameRelay})
	w.Link = link.New(p, link.Config{
		Addresses: func() []string {
			var all []string
			for _, r := range w.Relays() {
				all = append(all, r.Addresses...)
			}
			return all
		},
		Pins: func() []canon.RelayKey {
			var all []canon.RelayKey
			for _, r := range w.Relays() {
				all = append(all, r.Key)
			}
			return all
		},
		Now: w.deps.Now, Dial: w.deps.Dial, Log: w.deps.Log, Rand: w.deps.Rand, Heard: w.heard,
		Watch: func(peer.Status) { w.events.note(func(e *Event) { e.Sync = true }) },
	})
}

// heard takes note of what arrived; the follower does the work. Where much
// arrives, the next waits until the index is not far behind.
func (w *Workspace) heard(h link.Heard) {
	if h.Charter {
		w.follow.charter.Store(true)
		w.events.note(func(e *Event) { e.Charter = true })
	}
	w.follow.keepUp(context.Background()) // not for long: a thousand customers
}

// nudge tells the link that something waits in the outbox.
func (w *Workspace) nudge() { w.Link.Nudge() }

// Connect keeps the workspace connected to its relay until Close. It may be
// called again.
func (w *Workspace) Connect() {
	w.connect.Do(func() {
		ctx, stop := context.WithCancel(context.Background())
		w.disconnect = stop
		w.running.Store(true)
		w.linked.Go(func() {
			if err := w.Link.Run(ctx); err != nil {
				w.deps.Log.Error("link", "err", err)
			}
		})
	})
}

// Sync exchanges with the relay once, until both have everything, and brings
// what came into the index. It is for a workspace that is not connected:
// link.ErrRunning otherwise.
func (w *Workspace) Sync(ctx context.Context, timeout time.Duration) (link.Summary, error) {
	s, err := w.Link.Once(ctx, timeout)
	if err != nil {
		err = fmt.Errorf("sync: %w", err)
	}
	return s, errors.Join(err, w.follow.catchUp(context.WithoutCancel(ctx)))
}

// standing is what of the charter decides which rows and values the index may
// have.
type standing struct {
	member      charter.Member
	role        charter.Role
	departments []charter.Department
	keys        map[string]uint32
}

func (w *Workspace) standing() standing {
	s := w.Charter()
	m, _ := s.MemberOf(w.Device())
	role, _ := s.Role(m.Role)
	out := standing{member: m, role: role, keys: map[string]uint32{}}
	if role.ReadRows != charter.RowsAll { // else it does not matter who stands below whom
		out.departments = s.Departments()
	}
	for _, x := range s.Sections() {
		if v, kind, ok := w.ring.Newest(x.ID); ok {
			out.keys[x.ID] = 2*v + uint32(kind)
		}
	}
	return out
}

// rekey takes new section keys out of the charter, and tells whether rows or
// values are to be seen otherwise than before.
func (w *Workspace) rekey(before standing) (now standing, other bool, err error) {
	fresh, broken := charter.OpenGrants(w.Charter(), w.Device(), w.keys.HPKE())
	for _, b := range broken {
		w.deps.Log.Warn("a section key does not open", "section", b.Section, "version", b.Version)
	}
	for _, x := range w.Charter().Sections() {
		for v := uint32(1); v <= x.Version; v++ {
			if k, ok := fresh.Key(x.ID, v); ok {
				err = errors.Join(err, w.ring.Add(k))
			}
		}
	}
	now = w.standing()
	return now, !reflect.DeepEqual(before, now), err
}
