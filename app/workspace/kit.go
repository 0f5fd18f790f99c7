package workspace

import (
	"context"
	"fmt"
	"time"

	"tongce/app/book"
	"tongce/app/keychain"
	"tongce/app/link"
	"tongce/crdt/charter"
	"tongce/crdt/peer"
	"tongce/crdt/repo"
)

// kitName is what devices show a recovery kit as.
const kitName = "恢复套件"

// reachTimeout is how long a new kit waits for the relay before it is drawn.
const reachTimeout = 10 * time.Second

// NewKit makes another recovery kit by a `kit` statement; from then on the one
// before opens nothing new (LV8). It is handed out once, the caller shows and
// closes it. Once a relay is known it needs the relay: link.ErrOffline, and
// when it cannot be reached nothing has changed. book.ErrDenied: only an owner
// may (TR7). After any other error the kit may have been replaced all the same,
// by one that nobody has; another call replaces that one.
func (w *Workspace) NewKit(ctx context.Context) (*keychain.Kit, error) {
	kit, err := w.newKit(ctx)
	if err != nil {
		return nil, fmt.Errorf("new recovery kit: %w", err)
	}
	return kit, nil
}

func (w *Workspace) newKit(ctx context.Context) (_ *keychain.Kit, err error) {
	if !w.Book.Can(charter.Owner) {
		return nil, book.ErrDenied
	}
	if err := w.reach(ctx); err != nil {
		return nil, err
	}
	kit, err := keychain.NewKit(w.deps.Rand)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			kit.Close()
		}
	}()
	public := kit.Public()
	keys := charter.Keys{Sign: public.Sign, HPKE: public.HPKE, Name: kitName}
	_, err = w.administer(ctx, func(s *charter.State) (charter.Record, error) {
		return charter.NewKit(s, keys, w.ring, w.deps.Now().Unix(), w.keys)
	})
	if err != nil {
		return nil, err
	}
	w.events.note(func(e *Event) { e.Charter = true })
	return kit, w.escrow(context.WithoutCancel(ctx))
}

// reach waits until the relay answers, where one is known. A statement that is
// signed is sent sooner or later (TR3), so one whose secret exists nowhere else
// is not signed before that.
func (w *Workspace) reach(ctx context.Context) error {
	w.admin.Lock()
	defer w.admin.Unlock()
	if !w.Charter().NeedsReceipts() {
		return nil
	}
	if !w.running.Load() {
		_, err := w.Sync(ctx, reachTimeout)
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	w.nudge()
	for {
		switch w.Link.Status().State {
		case peer.StateSynced, peer.StateSyncing, peer.StateRejected:
			return nil
		case peer.StateIdentity:
			return link.ErrRelayIdentity
		default:
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return link.ErrOffline
		}
	}
}

// escrow lets the recovery kit that counts open this device's key file (KF4),
// and no other one. It does nothing where that is so already.
func (w *Workspace) escrow(ctx context.Context) error {
	w.escrowing.Lock()
	defer w.escrowing.Unlock()
	s := w.Charter()
	if s == nil {
		return repo.ErrNoCharter
	}
	kit, ok := s.Device(s.Kit())
	if !ok || w.keys.Info().Kit == kit.ID {
		return nil
	}
	return w.keys.Rewrap(ctx, keychain.Change{
		Kit: &keychain.KitPublic{Device: kit.ID, Sign: kit.Sign, HPKE: kit.HPKE}, Rand: w.deps.Rand,
	})
}

// keepEscrow is escrow for when somebody else may have replaced the kit, or
// this device was stopped before it was done. What fails is tried again at the
// next statement or start. Nothing is done to keys that were opened from
// keys.tc.old: what becomes of the other file is the person's decision.
func (w *Workspace) keepEscrow(ctx context.Context) {
	if w.previous {
		return
	}
	if err := w.escrow(ctx); err != nil && ctx.Err() == nil {
		w.deps.Log.Warn("the new recovery kit does not open this device's keys yet", "err", err)
	}
}
