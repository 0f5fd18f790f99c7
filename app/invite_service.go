package app

import (
	"context"
	"strings"
	"time"

	"tongce/app/workspace"
	"tongce/crdt/charter"
)

// Inspect says whose book a link opens. Nothing is done; the link is kept for
// Join, which gets no secret that way.
func (s *Start) Inspect(link string) (out InvitePreview, err error) {
	defer guard(s.app, "Start.Inspect", &out, &err)()
	a := s.app
	<-a.ready
	link = strings.TrimSpace(link)
	if _, err := charter.ParseInvite(link); charter.CodeOf(err) == charter.CodeMalformed { // cut off while copying
		return out, &fault{code: CodeInvalid, reason: "invite_form"}
	}
	ctx, done := a.ask()
	defer done()
	seen, err := workspace.Preview(ctx, a.deps(), link)
	if err != nil {
		return out, err
	}
	a.mu.Lock()
	a.invite = link
	a.mu.Unlock()
	return InvitePreview{
		Workspace: seen.Company, Inviter: seen.Inviter, Role: seen.Role, Department: seen.Department, Member: seen.Member,
		Until: stamp(seen.Until), Relay: relayOf(link),
	}, nil
}

// Join accepts the invite that was inspected last.
func (s *Start) Join(in JoinWorkspace) (out StartState, err error) {
	defer guard(s.app, "Start.Join", &out, &err)()
	a := s.app
	<-a.ready
	a.opening.Lock()
	defer a.opening.Unlock()
	a.mu.Lock()
	link := a.invite
	a.mu.Unlock()
	if link == "" {
		return out, &fault{code: CodeNotFound, reason: "invite"}
	}
	secret := a.takeSecret()
	defer clear(secret)
	ctx, done := a.ask()
	defer done()
	w, err := workspace.Join(ctx, a.deps(), workspace.JoinSpec{
		Dir: a.cfg.Dir, Link: link, Member: in.Member, Device: in.Device, Passphrase: secret,
	})
	if err != nil {
		return out, err
	}
	a.mu.Lock()
	a.invite = ""
	a.mu.Unlock()
	a.use(w)
	return a.state(), a.settings.change(func(k *kept) { k.Sample = false })
}

// Stop ends an Inspect or a Join that waits for a relay; its call answers
// cancelled. A Join that the relay has heard of is finished by joining again
// with the same invite.
func (s *Start) Stop() (err error) {
	defer guard(s.app, "Start.Stop", nil, &err)()
	s.app.mu.Lock()
	defer s.app.mu.Unlock()
	if s.app.asking != nil {
		s.app.asking()
	}
	return nil
}

// ask is the context of a call that Stop ends. Only the last one counts: it ends
// the one before.
func (a *App) ask() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(a.ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.asking != nil {
		a.asking()
	}
	a.asking = cancel
	return ctx, cancel
}

// Invite makes a link that lets one device in. It needs the relay.
func (s *Start) Invite(in InviteRequest) (out InviteReply, err error) {
	defer guard(s.app, "Start.Invite", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	link, until, err := b.Invite(s.app.ctx, workspace.InviteSpec{
		Role: in.Role, Department: in.Department, Member: in.Member, Lifetime: time.Duration(in.Days) * 24 * time.Hour,
	})
	if err != nil {
		return out, err
	}
	return InviteReply{Link: link, Until: until.UTC().Format(time.RFC3339)}, nil
}

// relayOf is the first relay address of an invite.
func relayOf(link string) string {
	secret, err := charter.ParseInvite(link)
	if err != nil {
		return ""
	}
	if all := secret.Addresses(); len(all) > 0 {
		return all[0]
	}
	return ""
}
