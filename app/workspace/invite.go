package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"tongce/app/keychain"
	"tongce/app/link"
	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/peer"
)

// InviteSpec says whom to invite. Role and Department are ids or names; a
// department that is missing is made. Member may be empty: the joiner gives it.
type InviteSpec struct {
	Role, Department, Member string
	Lifetime                 time.Duration // 0 is three days
}

// Invite makes an invite link. Administration needs the relay: link.ErrOffline
// or link.ErrNoRelay. ErrRole: there is no such role; ErrInviteRole: it is given
// by no invite; ErrMayNotInvite: the member may not. Then no department is made.
func (w *Workspace) Invite(ctx context.Context, spec InviteSpec) (text string, until time.Time, err error) {
	text, until, err = w.invite(ctx, spec)
	if err != nil {
		err = fmt.Errorf("invite: %w", err)
	}
	return text, until, err
}

func (w *Workspace) invite(ctx context.Context, spec InviteSpec) (text string, until time.Time, err error) {
	if err := w.meetNamed(ctx); err != nil {
		return "", until, err
	}
	role, err := w.invitedRole(spec.Role)
	if err != nil {
		return "", until, err
	}
	department, err := w.department(ctx, spec.Department)
	if err != nil {
		return "", until, err
	}
	member, err := canon.RandomID(w.deps.Rand)
	if err != nil {
		return "", until, err
	}
	var secret *charter.InviteSecret
	s, err := w.administer(ctx, func(s *charter.State) (charter.Record, error) {
		var err error
		if secret, err = charter.NewInviteSecret(s, w.deps.Rand); err != nil {
			return charter.Record{}, err
		}
		return charter.NewInvite(s, charter.InviteSpec{
			Member: canon.MemberID(member), Name: spec.Member, Department: department, Role: role,
			Lifetime: int64(spec.Lifetime / time.Second),
		}, secret, w.ring, w.deps.Now().Unix(), w.keys)
	})
	if err != nil {
		return "", until, err
	}
	id, err := secret.ID()
	if err != nil {
		return "", until, err
	}
	made, _ := s.Invite(id)
	return secret.Link(), time.Unix(made.Until, 0).UTC(), nil
}

// invitedRole finds a role by id or name that this member may invite into.
func (w *Workspace) invitedRole(name string) (string, error) {
	s := w.Charter()
	for _, r := range s.Roles() {
		if r.ID != name && r.Name != name {
			continue
		}
		if err := s.MayInvite(w.Device(), r.ID); err == nil {
			return r.ID, nil
		}
		if r.Can(charter.Admin) || r.Can(charter.Owner) {
			return "", ErrInviteRole
		}
		return "", ErrMayNotInvite
	}
	return "", ErrRole
}

// department finds a department by id or name, or makes it.
func (w *Workspace) department(ctx context.Context, name string) (string, error) {
	for _, d := range w.Charter().Departments() {
		if d.ID == name || d.Name == name {
			return d.ID, nil
		}
	}
	if !canon.ValidName(name) {
		return "", ErrName
	}
	var id string
	_, err := w.administer(ctx, func(s *charter.State) (charter.Record, error) {
		id = departmentID(name, func(id string) bool { _, taken := s.Department(id); return taken })
		return charter.NewDepartment(s, charter.Department{ID: id, Name: name}, w.deps.Now().Unix(), w.keys)
	})
	return id, err
}

// JoinSpec says how a device joins.
type JoinSpec struct {
	Dir, Link string
	// Member is the person's name; it counts where the invite leaves it open.
	Member, Device string
	Passphrase     []byte // protects the key file instead of the keyring; the caller clears it
}

var errPreview = errors.New("only looked")

// Preview reads whose book an invite opens; nothing is done (IN3).
func Preview(ctx context.Context, deps Deps, text string) (peer.Invitation, error) {
	secret, err := charter.ParseInvite(text)
	if err != nil {
		return peer.Invitation{}, fmt.Errorf("preview invite: %w", err)
	}
	device, err := keychain.NewDevice(deps.Rand)
	if err != nil {
		return peer.Invitation{}, fmt.Errorf("preview invite: %w", err)
	}
	var seen peer.Invitation
	cfg := joinConfig(deps, secret, device, device.SignPublic(), device.HPKE().Public(), JoinSpec{Device: "-"})
	cfg.Confirm = func(i peer.Invitation, _ string) (string, error) {
		seen = i
		return "", errPreview
	}
	if _, err := link.Join(ctx, cfg); !errors.Is(err, errPreview) {
		return seen, fmt.Errorf("preview invite: %w", err)
	}
	return seen, nil
}

func joinConfig(deps Deps, secret *charter.InviteSecret, signer canon.Signer, sign, hpke []byte, spec JoinSpec) link.JoinConfig {
	return link.JoinConfig{
		Invite: secret, Device: signer, Keys: charter.Keys{Sign: sign, HPKE: hpke, Name: spec.Device}, Member: spec.Member,
		Now: deps.Now, Dial: deps.Dial, Program: deps.Program, Rand: deps.Rand,
	}
}

// Join makes this device part of the workspace that an invite leads to, and
// opens it. Nothing is on disk before the relay let the invite in; from the
// moment the join is sent, the same call with the same invite finishes what was
// cut off. *peer.RefusedError says why the relay did not let it in.
func Join(ctx context.Context, deps Deps, spec JoinSpec) (*Workspace, error) {
	if !canon.ValidName(spec.Device) || (spec.Member != "" && !canon.ValidName(spec.Member)) {
		return nil, fmt.Errorf("join: %w", ErrName)
	}
	secret, err := charter.ParseInvite(spec.Link)
	if err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	w, err := join(ctx, deps, spec, secret)
	if err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	return w, nil
}

func join(ctx context.Context, deps Deps, spec JoinSpec, secret *charter.InviteSecret) (w *Workspace, err error) {
	w = &Workspace{dir: spec.Dir, deps: deps, Schema: schema.Default(), events: newHub()}
	fresh := false
	defer func() {
		if err == nil {
			return
		}
		err = errors.Join(err, w.Close())
		var refused *peer.RefusedError
		if fresh && errors.As(err, &refused) { // never part of it, and all of it ours
			err = errors.Join(err, os.RemoveAll(spec.Dir))
		}
		w = nil
	}()
	cfg, err := w.joiner(ctx, spec, secret)
	if err != nil {
		return w, err
	}
	fresh = w.keys == nil
	device, _ := cfg.Device.(*keychain.Device)
	cfg.Keep = func(record []byte) error {
		if w.keys == nil {
			if err := w.begin(ctx, spec, secret.Workspace(), device); err != nil {
				return err
			}
		}
		return w.setMark("join", record)
	}
	records, err := link.Join(ctx, cfg)
	if err != nil {
		return w, err
	}
	if _, err := w.repo.AddStatements(records...); err != nil {
		return w, err
	}
	ctx = context.WithoutCancel(ctx) // it is joined: who stops now would find a book that is half open
	if err := w.escrow(ctx); err != nil {
		return w, err
	}
	return w, w.openBook(ctx)
}

// joiner finds who joins: a new device, or the one of a join that was cut off.
func (w *Workspace) joiner(ctx context.Context, spec JoinSpec, secret *charter.InviteSecret) (link.JoinConfig, error) {
	info, err := keychain.Inspect(spec.Dir)
	if errors.Is(err, keychain.ErrNoFile) {
		if entries, _ := os.ReadDir(spec.Dir); len(entries) > 0 {
			return link.JoinConfig{}, ErrExists
		}
		device, err := keychain.NewDevice(w.deps.Rand)
		if err != nil {
			return link.JoinConfig{}, err
		}
		if spec.Passphrase == nil && w.deps.KeyRing == nil {
			return link.JoinConfig{}, keychain.ErrNoProtection
		}
		return joinConfig(w.deps, secret, device, device.SignPublic(), device.HPKE().Public(), spec), nil
	}
	if err != nil {
		return link.JoinConfig{}, err
	}
	if info.Workspace != secret.Workspace() {
		return link.JoinConfig{}, ErrExists
	}
	if w.keys, err = unlock(ctx, w.deps, OpenSpec{Dir: spec.Dir, Passphrase: spec.Passphrase}); err != nil {
		return link.JoinConfig{}, err
	}
	if w.store, err = openStore(w.deps, spec.Dir, w.keys); err != nil { //nolint:contextcheck // the store lives until Close
		return link.JoinConfig{}, err
	}
	if err := w.openRepo(ctx); err != nil {
		return link.JoinConfig{}, err
	}
	if s := w.Charter(); s != nil {
		if _, in := s.Device(w.Device()); in {
			return link.JoinConfig{}, ErrExists
		}
	}
	cfg := joinConfig(w.deps, secret, w.keys, w.keys.SignPublic(), w.keys.HPKE().Public(), spec)
	cfg.Sent, err = w.mark("join")
	return cfg, err
}

// begin puts the new device's keys and store on disk, before its join is sent.
func (w *Workspace) begin(ctx context.Context, spec JoinSpec, id canon.WorkspaceID, device *keychain.Device) (err error) {
	if err := os.MkdirAll(spec.Dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(spec.Dir, 0o700); err != nil { //nolint:gosec // a directory needs the x
		return err
	}
	if w.keys, err = keychain.Create(ctx, spec.Dir, device, protection(w.deps, id, spec.Passphrase, nil)); err != nil {
		return err
	}
	if w.store, err = openStore(w.deps, spec.Dir, w.keys); err != nil { //nolint:contextcheck // the store lives until Close
		return err
	}
	return w.openRepo(ctx)
}
