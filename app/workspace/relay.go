package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// SetRelay names the workspace's relay, given as HOST:PORT or HOST:PORT#R. Of
// the first form the relay must answer, and its key is taken as it is (WI18):
// the caller shows it. Of the second no other key is ever spoken to, and a
// relay that cannot be reached now is met later. link.ErrAddress,
// link.ErrOffline and link.ErrRelayIdentity are told apart.
func (w *Workspace) SetRelay(ctx context.Context, text string) (canon.RelayKey, error) {
	address, key, pinned, err := link.Address(text)
	if err != nil {
		return key, fmt.Errorf("set relay: %w", err)
	}
	if !pinned {
		if key, err = link.Meet(ctx, text, w.deps.Dial); err != nil {
			return key, fmt.Errorf("set relay: %w", err)
		}
	}
	for _, r := range w.Charter().Relays() {
		if r.Key == key && slices.Equal(r.Addresses, []string{address}) {
			return key, w.meet(ctx, pinned)
		}
	}
	_, err = w.administer(ctx, func(s *charter.State) (charter.Record, error) {
		return charter.NewRelay(s, []charter.Relay{{Key: key, Addresses: []string{address}}}, nil, w.deps.Now().Unix(), w.keys)
	})
	if err != nil {
		return key, fmt.Errorf("set relay: %w", err)
	}
	w.events.note(func(e *Event) { e.Charter = true })
	return key, w.meet(ctx, pinned)
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

// RelayKey is the key of the workspace's first relay; zero for none.
func (w *Workspace) RelayKey() canon.RelayKey {
	if all := w.Charter().Relays(); len(all) > 0 {
		return all[0].Key
	}
	return canon.RelayKey{}
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
		if err := w.deliver(ctx); err != nil {
			return nil, err
		}
	}
	for range 4 {
		s := w.Charter()
		rec, err := create(s)
		if err != nil {
			return nil, err
		}
		b, err := charter.EncodeRecord(rec)
		if err != nil {
			return nil, err
		}
		if !s.NeedsReceipts() {
			_, err := w.repo.AddStatements(b)
			return w.Charter(), err
		}
		err = w.repo.KeepSigned(b)
		if err != nil && !errors.Is(err, repo.ErrStatementPending) { // else its place was taken meanwhile
			return nil, err
		}
		if err := w.deliver(ctx); err != nil {
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

// deliver waits until no own statement is without a place.
func (w *Workspace) deliver(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, adminTimeout)
	defer cancel()
	if !w.running.Load() {
		if _, err := w.Sync(ctx, adminTimeout); err != nil {
			return err
		}
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		signed, err := w.repo.Signed()
		if err != nil || signed == nil && !w.Charter().AwaitsReceipt() {
			return err
		}
		if code := w.Link.Status().Statement; code != "" {
			return &peer.RefusedError{Code: code}
		}
		if !w.running.Load() {
			return link.ErrOffline
		}
		w.nudge()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return link.ErrOffline
		}
	}
}
