package repo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/gate"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// maxRebases is after how many rebases an intent goes to the list (RB4).
const maxRebases = 3

// Rebased is what Rebase did.
type Rebased struct {
	Docs int // documents
	Kept int // changes made anew
	Tray int // values that went to the list
}

// Blocked is how many documents wait for Rebase.
func (r *Repo) Blocked() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.blocked)
}

// Rebase takes every document with a refused envelope back to what was accepted
// and makes the own pending changes anew on it, under a new incarnation: what
// the rules allow now and what differs from the present value is written, the
// rest goes to the list of what was not accepted (RB3). Each document is one
// transaction (RB6). The caller has applied everything it could pull (RB2).
func (r *Repo) Rebase(ctx context.Context) (Rebased, error) {
	r.write.Lock()
	defer r.write.Unlock()
	var res Rebased
	r.mu.Lock()
	ids := sortedIDs(r.blocked)
	r.mu.Unlock()
	if len(ids) == 0 {
		return res, nil
	}
	inc, err := r.drawIncarnation()
	if err != nil {
		return res, err
	}
	waits := false
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return res, err
		}
		err := r.rebaseDoc(id, inc, &res)
		if _, ok := errors.AsType[*gate.Refusal](err); ok {
			waits = true // no matter of the edit (LV3, or the charter is not here): it stays as it is
			continue
		}
		if err != nil {
			return res, fmt.Errorf("rebase %s: %w", id, err)
		}
	}
	if r.mark.Forked != 0 && !waits {
		m := r.mark
		m.Forked = 0
		return res, r.saveMarks(WriteFork, m)
	}
	return res, nil
}

// rebasing is one document on its way back.
type rebasing struct {
	r    *Repo
	old  *document
	d    *document // accepted, with what was made anew
	m    marks
	tray []trayItem
	made []*ownEdit
}

func (r *Repo) rebaseDoc(id canon.DocID, inc canon.Incarnation, res *Rebased) error {
	old, err := r.own(id)
	if err != nil {
		return err
	}
	b := &rebasing{r: r, old: old, d: old.fork(), m: r.mark}
	b.m.Incarnation = inc
	var mine []*ownEdit
	b.d.pend = slices.DeleteFunc(b.d.pend, func(o *ownEdit) bool {
		if o.p.State == placed || b.begins(o) && !b.renumbers(o) {
			return false
		}
		mine = append(mine, o)
		return true
	})
	b.d.rework(r.Charter())
	b.d.snapped = 0
	if len(mine) > 0 {
		// The snapshot may hold what was refused; the core must not see it.
		if err := r.update(WriteSnapshot, store.Lazy, func(tx store.Tx) error { return dropCaches(tx, id) }); err != nil {
			return err
		}
	}
	for _, o := range mine {
		do := b.redo
		if b.begins(o) {
			do = b.signAnew
		}
		if err := do(o); err != nil {
			return err
		}
	}
	if err := b.store(mine); err != nil {
		return err
	}
	r.mark = b.m
	r.forget(id)
	r.mu.Lock()
	delete(r.blocked, id)
	r.tally.add(id, len(b.made)-len(mine), len(b.made)-len(mine))
	r.mu.Unlock()
	res.Docs++
	res.Kept += len(b.made)
	res.Tray += len(b.tray)
	return nil
}

// begins tells whether an envelope makes the document, and nothing but its number
// stands against it. Its changes go out as they are, also by a copy of the store
// (EN5): the original may have sent them, and a log that was lost may have
// accepted them. Made anew, they would be a second beginning of one document,
// which nobody could join.
func (b *rebasing) begins(o *ownEdit) bool {
	return o.e.Body.Kind == wire.KindCreate && !b.old.acc.Exists() &&
		(o.p.State == waiting || o.p.Code == wire.CodeCounterUsed && o.p.Rebases < maxRebases)
}

// renumbers tells whether the number of an envelope is taken, or an original of
// this store may have used it (EN5, GA17). With so many that wait that the new
// numbers would lie too far ahead, only what is taken is given up.
func (b *rebasing) renumbers(o *ownEdit) bool {
	m := &b.r.mark
	return o.p.State == refused || o.n <= m.Forked && m.Forked+leapLeast+leapSpan <= m.LastN+wire.MaxGap
}

// signAnew puts the changes of an envelope into one with a new number (docs/adr/0074).
func (b *rebasing) signAnew(o *ownEdit) error {
	body := o.e.Body
	body.N = b.m.N + 1
	env, err := wire.SignEnvelope(b.r.cfg.Workspace, b.r.cfg.Signer, body)
	if err != nil {
		return err
	}
	own := &ownEdit{n: body.N, e: &env, p: pending{Envelope: env.Encode(), Keys: []string{}, Rebases: o.p.Rebases}}
	if o.p.State == refused {
		own.p.Rebases++
	}
	b.d.pend = append(b.d.pend, own)
	b.d.rework(b.r.Charter())
	b.m.N = own.n
	b.made = append(b.made, own)
	return nil
}

// store is the one transaction of a rebase.
func (b *rebasing) store(mine []*ownEdit) error {
	id := b.old.id
	return b.r.update(WriteRebase, store.Synced, func(tx store.Tx) error {
		m := b.m
		for _, o := range mine {
			if err := errors.Join(tx.Delete(store.PendingKey(id, o.n)), tx.Delete(store.OutboxKey(o.n))); err != nil {
				return err
			}
		}
		for _, o := range b.made {
			err := errors.Join(put(tx, store.PendingKey(id, o.n), o.p), tx.Put(store.OutboxKey(o.n), outEntry{doc: id}.bytes()))
			if err != nil {
				return err
			}
		}
		for _, t := range b.tray {
			if err := t.put(tx, &m); err != nil {
				return err
			}
		}
		if err := errors.Join(dropCaches(tx, id), m.feed(tx, id), m.put(tx)); err != nil {
			return err
		}
		b.m = m
		return nil
	})
}

// redo makes the changes of one pending envelope anew.
func (b *rebasing) redo(o *ownEdit) error {
	for _, chunk := range o.e.Body.Chunks {
		c, err := change.Decode(chunk)
		if err != nil {
			return err // load set aside what does not read
		}
		in, err := b.intent(o, c)
		if err != nil {
			return err
		}
		if err := b.write(o, in); err != nil {
			return err
		}
	}
	return nil
}

// write tries to write an intent, leaving out what is refused.
func (b *rebasing) write(o *ownEdit, in *intent) error {
	code := o.p.Code
	if code == "" {
		code = wire.CodeDeviceForked
	}
	if o.p.Rebases >= maxRebases {
		b.refuse(in, code, nil)
		return nil
	}
	b.prepareKeys(in)
	for len(in.sets)+len(in.texts) > 0 {
		var salt *[32]byte
		if !b.d.exists() {
			if !in.creates {
				break
			}
			s, ok, err := b.r.Salt(b.old.id)
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			salt = &s
		}
		w, err := b.try(in, salt)
		var refusal *gate.Refusal
		switch {
		case err == nil:
			own := w.own[0]
			own.p.Rebases = o.p.Rebases + 1
			b.d, b.m.N = w.d, own.n
			b.made = append(b.made, own)
			return nil
		case errors.Is(err, ErrNothing):
			return nil // the book says already what was meant
		case !errors.As(err, &refusal):
			return err
		case !Refusing(refusal.Code):
			return refusal // not a matter of this edit: LV3 keeps it as it is
		}
		code = refusal.Code
		if !b.refuse(in, code, refusal.Keys) {
			break
		}
		in.keepProvenance()
	}
	b.refuse(in, code, nil)
	return nil
}

// try is the write path of a new edit, on the rebased document.
func (b *rebasing) try(in *intent, salt *[32]byte) (*written, error) {
	core, err := b.r.coreOf(b.d, b.r.dev.Actor(b.m.Incarnation))
	if err != nil {
		return nil, err
	}
	defer core.Close()
	return b.r.seal(b.d, core, in.edit(b.d.exists()), salt, b.m.N+1)
}

// coreOf is openCore without the cache.
func (r *Repo) coreOf(d *document, actor canon.ActorID) (*crdt.Doc, error) {
	if !d.exists() {
		return crdt.New(actor)
	}
	if err := r.note(d); err != nil {
		return nil, err
	}
	return r.loadCore(d, actor, false)
}

// refuse moves the named keys of an intent to the list, all of them without
// names. It tells whether anything is left to try.
func (b *rebasing) refuse(in *intent, code wire.Code, keys []string) bool {
	all := len(keys) == 0
	now := b.r.stamp()
	before := len(in.sets) + len(in.texts)
	in.sets = slices.DeleteFunc(in.sets, func(s intentSet) bool {
		if !all && !slices.Contains(keys, s.Key) {
			return false
		}
		b.tray = append(b.tray, in.item(b.old.id, s, code, now))
		return true
	})
	in.texts = slices.DeleteFunc(in.texts, func(s intentSet) bool {
		if !all && !slices.Contains(keys, s.Key) {
			return false
		}
		b.tray = append(b.tray, in.item(b.old.id, s, code, now))
		return true
	})
	left := len(in.sets) + len(in.texts)
	return left > 0 && left < before
}
