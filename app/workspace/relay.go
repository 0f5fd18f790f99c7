package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tongce/app/link"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/peer"
	"tongce/crdt/repo"
)

// adminTimeout is how long a statement may take to be confirmed.
const adminTimeout = 30 * time.Second

// meetTimeout is how long naming a relay waits for one that may be met later.
const meetTimeout = 3 * time.Second

// ErrRelayAway is a relay that had to answer and did not: nothing was named.
var ErrRelayAway = errors.New("the relay does not answer and was not named")

// SetRelay names the workspace's relay, given as HOST:PORT or HOST:PORT#R. Of
// the first form the relay must answer, and its key is taken as it is (WI18):
// the caller shows it. Of the second no other key is ever spoken to, and a first
// relay that cannot be reached now is met later; where another one answers,
// nothing is named. In the place of a relay that never asked for the workspace
// another is named, or none, with an empty text; beside one that did another is
// added, once it has taken the workspace.
// link.ErrAddress, link.ErrOffline, ErrRelayAway and link.ErrRelayIdentity are told apart.
func (w *Workspace) SetRelay(ctx context.Context, text string) (canon.RelayKey, error) {
	key, err := w.setRelay(ctx, text)
	if err != nil {
		err = fmt.Errorf("set relay: %w", err)
	}
	return key, err
}

func (w *Workspace) setRelay(ctx context.Context, text string) (key canon.RelayKey, err error) {
	if strings.TrimSpace(text) == "" {
		done, err := w.keepNamed(nil)
		if err == nil && !done {
			err = link.ErrAddress // at least one remains (TR2)
		}
		w.nudge()
		return key, err
	}
	address, key, pinned, err := link.Address(text)
	if err != nil {
		return key, err
	}
	later := pinned && !w.RelayMet() // beside one that was met there is time to wait for the other
	met, err := w.shake(ctx, text, later)
	switch {
	case err == nil:
		key = met
	case ctx.Err() != nil || !errors.Is(err, link.ErrOffline):
		return key, err
	case !later:
		return key, fmt.Errorf("%w: %w", ErrRelayAway, err)
	}
	relay := charter.Relay{Key: key, Addresses: []string{address}}
	done, err := w.keepNamed(&relay)
	if err != nil {
		return key, err
	}
	same := func(r charter.Relay) bool { return r.Key == key && slices.Equal(r.Addresses, relay.Addresses) }
	if !done && !slices.ContainsFunc(w.Charter().Relays(), same) {
		_, err = w.administer(ctx, func(s *charter.State) (charter.Record, error) {
			return charter.NewRelay(s, []charter.Relay{relay}, nil, w.deps.Now().Unix(), w.keys)
		})
		if err != nil {
			return key, err
		}
		w.events.note(func(e *Event) { e.Charter = true })
	}
	return key, w.meet(ctx, later)
}

// shake is the handshake with a relay and nothing else.
func (w *Workspace) shake(ctx context.Context, text string, later bool) (canon.RelayKey, error) {
	if later {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, meetTimeout)
		defer cancel()
	}
	return link.Meet(ctx, text, w.deps.Dial)
}

// meet exchanges with the relay at once. One that is known by its key may be
// met later.
func (w *Workspace) meet(ctx context.Context, later bool) error {
	if w.running.Load() {
		w.nudge()
		return nil
	}
	timeout := adminTimeout
	if later {
		timeout = meetTimeout
	}
	_, err := w.Sync(ctx, timeout)
	if later && errors.Is(err, link.ErrOffline) {
		return nil
	}
	return err
}

// Relays are the workspace's relays by key: those of the charter or, before the
// first one was met, the one that was named.
func (w *Workspace) Relays() []charter.Relay {
	if all := w.Charter().Relays(); len(all) > 0 {
		return all
	}
	if r := w.named.Load(); r != nil {
		return []charter.Relay{*r}
	}
	return nil
}

// RelayMet tells whether a relay holds the workspace.
func (w *Workspace) RelayMet() bool {
	s := w.Charter()
	return s.NeedsReceipts() && !s.AwaitsReceipt()
}

// The first relay is named in the charter when it asks for it, by nameRelay.
// Until then it stands in this mark only, as HOST:PORT#R, because what is signed
// is never signed otherwise (TR3).
const namedMark = "relay"

// keepNamed puts a relay, or none, in the place of one that was never met. It
// does nothing where the charter names one already.
func (w *Workspace) keepNamed(r *charter.Relay) (done bool, err error) {
	w.own.Lock()
	defer w.own.Unlock()
	if w.Charter().NeedsReceipts() {
		return false, nil
	}
	text := ""
	if r != nil {
		text = r.Addresses[0] + "#" + r.Key.String()
	}
	if err := w.setMark(namedMark, []byte(text)); err != nil {
		return false, err
	}
	w.named.Store(r)
	w.events.note(func(e *Event) { e.Charter = true })
	return true, nil
}

func (w *Workspace) openNamed() error {
	b, err := w.mark(namedMark)
	if err != nil || len(b) == 0 {
		return err
	}
	address, key, _, err := link.Address(string(b))
	if err != nil {
		return fmt.Errorf("relay that was named: %w", err)
	}
	w.named.Store(&charter.Relay{Key: key, Addresses: []string{address}})
	return nil
}

// nameRelay is called on the link's goroutine when a relay asks for the charter
// (WI18): the relay that was named is named in it now.
func (w *Workspace) nameRelay(key canon.RelayKey) error {
	_, err := w.addOwn(func(s *charter.State) (charter.Record, error) {
		r := w.named.Load() // here, where no other can be named meanwhile
		if r == nil || r.Key != key {
			return charter.Record{}, errNotNamed
		}
		return charter.NewRelay(s, []charter.Relay{*r}, nil, w.deps.Now().Unix(), w.keys)
	})
	if errors.Is(err, errNotNamed) { // it was replaced while it asked
		return nil
	}
	return err
}

var errNotNamed = errors.New("this relay is not the one that was named")

// meetNamed waits until a relay has taken the workspace: link.ErrNoRelay where
// none is named.
func (w *Workspace) meetNamed(ctx context.Context) error {
	if len(w.Relays()) == 0 {
		return link.ErrNoRelay
	}
	if w.RelayMet() {
		return nil
	}
	w.admin.Lock()
	defer w.admin.Unlock()
	return w.deliver(ctx, func() (bool, error) { return w.RelayMet(), nil })
}

// administer makes a statement and returns once the charter has it. Before the
// first relay it is the device's own to add; from then on the relay receipts it
// (TR2), and what is made of a charter that moved is made anew (TR3).
func (w *Workspace) administer(ctx context.Context, create func(*charter.State) (charter.Record, error)) (*charter.State, error) {
	w.admin.Lock()
	defer w.admin.Unlock()
	if old, err := w.repo.Signed(); err != nil {
		return nil, err
	} else if old != nil || w.Charter().AwaitsReceipt() {
		if err := w.deliver(ctx, w.placed); err != nil {
			return nil, err
		}
	}
	for range 4 {
		if added, err := w.addOwn(create); err != nil || added {
			return w.Charter(), err
		}
		s := w.Charter()
		rec, err := create(s)
		if err != nil {
			return nil, err
		}
		b, err := charter.EncodeRecord(rec)
		if err != nil {
			return nil, err
		}
		err = w.repo.KeepSigned(b)
		if err != nil && !errors.Is(err, repo.ErrStatementPending) { // else its place was taken meanwhile
			return nil, err
		}
		if err := w.deliver(ctx, w.placed); err != nil {
			return nil, err
		}
		head, err := rec.Head(w.ID())
		if err != nil {
			return nil, err
		}
		if at, ok := w.repo.Charter().At(head.Seq); ok && at.Head().Hash == head.Hash {
			return w.Charter(), nil
		}
	}
	return nil, &peer.RefusedError{Code: "charter_moved"}
}

// addOwn makes and adds a statement while no relay stands in the charter. It
// does nothing once one does.
func (w *Workspace) addOwn(create func(*charter.State) (charter.Record, error)) (added bool, err error) {
	w.own.Lock()
	defer w.own.Unlock()
	s := w.Charter()
	if s.NeedsReceipts() {
		return false, nil
	}
	rec, err := create(s)
	if err != nil {
		return false, err
	}
	b, err := charter.EncodeRecord(rec)
	if err != nil {
		return false, err
	}
	_, err = w.repo.AddStatements(b)
	return err == nil, err
}

// placed tells whether no own statement is without a place.
func (w *Workspace) placed() (bool, error) {
	signed, err := w.repo.Signed()
	return signed == nil && !w.Charter().AwaitsReceipt(), err
}

// deliver waits until the exchange with the relay has brought about what is
// waited for. The link dials at its own pace: it is told once.
func (w *Workspace) deliver(ctx context.Context, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, adminTimeout)
	defer cancel()
	if !w.running.Load() {
		if _, err := w.Sync(ctx, adminTimeout); err != nil {
			return err
		}
	}
	w.nudge()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := done(); err != nil || ok {
			return err
		}
		if code := w.Link.Status().Statement; code != "" {
			return &peer.RefusedError{Code: code}
		}
		if !w.running.Load() {
			return link.ErrOffline
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return w.away()
		}
	}
}

// away is why nothing came of waiting for the relay.
func (w *Workspace) away() error {
	if w.Link.Status().State == peer.StateIdentity {
		return link.ErrRelayIdentity
	}
	return link.ErrOffline
}
