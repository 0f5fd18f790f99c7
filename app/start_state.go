package app

import (
	"encoding/hex"
	"errors"
	"io"
	"os/user"
	"strconv"

	"tongce/app/keychain"
	"tongce/app/workspace"
	"tongce/crdt/charter"
	"tongce/crdt/store"
)

// abilities are the words of PO9 for the window, by number.
func abilityName(a charter.Ability) string {
	names := []string{"import", "export", "merge", "delete", "assign", "approve", "audit", "schema", "admin", "owner"}
	if int(a) < len(names) {
		return names[a]
	}
	return "ability" + strconv.Itoa(int(a))
}

func levelName(l charter.Level) string {
	names := []string{"none", "masked", "read", "append", "write"}
	if int(l) < len(names) {
		return names[l]
	}
	return names[0]
}

// state tells the first screen what to show.
func (a *App) state() StartState {
	k := a.settings.read()
	st := StartState{
		Kind: "none", Sample: k.Sample, Version: a.cfg.Version, DataDir: a.cfg.Dir,
		DefaultMember: personName(), DefaultDevice: workspace.DefaultDevice(),
	}
	a.mu.Lock()
	s, failed := a.book, a.failed
	a.mu.Unlock()
	switch {
	case s != nil:
		st.Kind = "open"
		s.describe(&st)
	case failed != nil:
		st.Kind, st.Reason, st.Damaged = "locked", reasonLocked(failed), workspace.DamagedFile(failed)
		if e, ok := errors.AsType[*store.LockedError](failed); ok {
			st.Holder, st.HolderPID = e.Host, e.PID
		}
	default:
		info, err := keychain.Inspect(a.cfg.Dir)
		switch {
		case errors.Is(err, keychain.ErrNoFile):
			st.Sample = false
		case err != nil:
			st.Kind, st.Reason, st.Damaged = "locked", reasonLocked(err), workspace.DamagedFile(err)
		default:
			st.Kind = "locked"
			if info.Passphrase && !info.Keyring && !k.Sample { // that of the sample was given to nobody
				st.Reason = "passphrase"
			}
		}
	}
	if st.Kind == "none" {
		st.Keyring = a.keyringWorks()
	}
	return st
}

func (s *session) describe(st *StartState) {
	c := s.Charter()
	me := s.Me()
	st.Workspace, st.Member, st.MemberID, st.Department, st.Device = c.Name(), me.Name, me.ID.String(), me.DepartmentName, me.Device
	if m, ok := c.MemberOf(s.Device()); ok {
		st.Role = m.Role
	}
	st.Keyring = s.Keys().Keyring
	if chosen, err := s.Settings(); err == nil && st.Role == charter.RoleFounder && !st.Sample {
		st.KitPending = !chosen.KitChecked
	}
	for _, ability := range charter.AllAbilities() {
		if s.Book.Can(ability) {
			st.Abilities = append(st.Abilities, abilityName(ability))
		}
	}
	if s.Book.Can(charter.Admin) && !st.Sample { // to an invented book nobody is invited
		st.Abilities = append(st.Abilities, "invite")
	}
}

// reasonLocked is the word for what stands between the person and the book.
func reasonLocked(err error) string {
	if errors.Is(err, workspace.ErrUnfinished) {
		return "unfinished"
	}
	if file := workspace.DamagedFile(err); file != "" {
		return damagedReason(file)
	}
	w := codeOf(err)
	if w.Code == CodeLocked && w.Params["reason"] != "" {
		return w.Params["reason"]
	}
	if errors.Is(err, keychain.ErrWrongSecret) {
		return "keyring_lies" // nothing was typed: the keyring's entry does not fit
	}
	return string(w.Code)
}

// personName is what the computer calls the person at the desk.
func personName() string {
	u, err := user.Current()
	switch {
	case err != nil:
		return ""
	case u.Name != "":
		return u.Name
	}
	return u.Username
}

// keyringWorks asks the keyring once to keep and give back something (KF2).
func (a *App) keyringWorks() bool {
	a.mu.Lock()
	known := a.keyring
	a.mu.Unlock()
	if known != nil {
		return *known
	}
	works := a.cfg.KeyRing != nil && tryKeyring(a)
	a.mu.Lock()
	a.keyring = &works
	a.mu.Unlock()
	return works
}

func tryKeyring(a *App) bool {
	var b [32]byte
	if _, err := io.ReadFull(a.cfg.Rand, b[:]); err != nil {
		return false
	}
	account, secret := "trial-"+hex.EncodeToString(b[:8]), hex.EncodeToString(b[:])
	if a.cfg.KeyRing.Set(a.ctx, account, secret) != nil {
		return false
	}
	got, err := a.cfg.KeyRing.Get(a.ctx, account)
	_ = a.cfg.KeyRing.Delete(a.ctx, account)
	return err == nil && got == secret
}
