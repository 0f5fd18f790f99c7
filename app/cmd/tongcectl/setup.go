package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"tongce/app/link"
	"tongce/app/workspace"
)

type initReply struct {
	Workspace string `json:"workspace"`
	Device    string `json:"device"`
	Kit       string `json:"kit"`
	// Relay is the key of the relay that was named, if any.
	Relay string `json:"relay,omitempty"`
}

func (p *program) initBook(ctx context.Context, a *arguments) (err error) {
	spec := workspace.CreateSpec{Dir: a.dir, Device: cmp.Or(a.get("device"), workspace.DefaultDevice())}
	for flag, to := range map[string]*string{"name": &spec.Company, "member": &spec.Member, "department": &spec.Department} {
		if *to, err = a.need(flag); err != nil {
			return err
		}
	}
	if a.has("relay") {
		if _, _, _, err := link.Address(a.get("relay")); err != nil { // before anything is made
			return usageError("--relay HOST:PORT[#R]")
		}
	}
	if spec.Passphrase, err = a.passphrase(); err != nil {
		return err
	}
	defer clear(spec.Passphrase)
	w, kit, err := workspace.Create(ctx, p.deps, spec)
	if err != nil {
		return err
	}
	defer kit.Close()
	defer func() { err = errors.Join(err, w.Close()) }()
	reply := initReply{Workspace: w.ID().String(), Device: w.Device().String(), Kit: kit.Code()}
	var later error
	if a.has("relay") {
		key, err := w.SetRelay(ctx, a.get("relay"))
		if later = err; later == nil {
			reply.Relay = key.String()
		}
		// A book that no relay can have taken is taken away again, so that the
		// same command can be tried anew: the kit was never shown (ADR 0086).
		if later != nil && w.Untaken(later) && w.Discard(context.WithoutCancel(ctx)) == nil {
			return beginning(later, "relay_taken")
		}
	}
	err = p.print(reply, func() {
		p.line("%s  %s", p.say("客户册", "book"), reply.Workspace)
		p.line("%s    %s", p.say("设备", "device"), reply.Device)
		p.line("%s  %s", p.say("恢复码", "kit"), reply.Kit)
		p.line("%s", p.say("请把恢复码写在纸上保管好：它只显示这一次。", "Write the kit down and keep it safe: it is shown only now."))
	})
	if later == nil && a.has("relay") && !w.RelayMet() {
		fmt.Fprintln(p.err, "tongcectl: "+p.message("relay_unmet", nil))
	}
	return errors.Join(err, later)
}

type inviteReply struct {
	Link  string `json:"link"`
	Until string `json:"until"`
}

func (p *program) invite(ctx context.Context, a *arguments) error {
	spec := workspace.InviteSpec{Member: a.get("member")}
	var err error
	for flag, to := range map[string]*string{"role": &spec.Role, "department": &spec.Department} {
		if *to, err = a.need(flag); err != nil {
			return err
		}
	}
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		link, until, err := w.Invite(ctx, spec)
		if err != nil {
			return err
		}
		return p.print(inviteReply{Link: link, Until: until.Format(time.RFC3339)}, func() {
			p.line("%s", link)
			p.line("%s %s", p.say("有效期至", "valid until"), until.Local().Format(time.DateTime))
		})
	})
}

type joinReply struct {
	Workspace string `json:"workspace"`
	Device    string `json:"device"`
}

func (p *program) join(ctx context.Context, a *arguments) (err error) {
	spec := workspace.JoinSpec{Dir: a.dir, Link: a.rest[0], Device: cmp.Or(a.get("device"), workspace.DefaultDevice())}
	if spec.Member, err = a.need("member"); err != nil {
		return err
	}
	if spec.Passphrase, err = a.passphrase(); err != nil {
		return err
	}
	defer clear(spec.Passphrase)
	w, err := workspace.Join(ctx, p.deps, spec)
	if err != nil {
		return beginning(err, "invite_unknown")
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	reply := joinReply{Workspace: w.ID().String(), Device: w.Device().String()}
	if name := w.Me().Name; name != spec.Member {
		fmt.Fprintln(p.err, "tongcectl: "+p.say("这份邀请是发给"+name+"的，这台电脑就用这个名字", "this invite is for "+name+", so this computer has that name"))
	}
	return p.print(reply, func() {
		me := w.Me()
		p.line("%s %s %s", w.Charter().Name(), me.DepartmentName, me.Name)
		p.line("%s  %s", p.say("客户册", "book"), reply.Workspace)
		p.line("%s    %s", p.say("设备", "device"), reply.Device)
	})
}
