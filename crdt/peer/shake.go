package peer

import (
	"context"
	"fmt"
	"io"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

// partBytes is how much of a charter goes into one message.
const partBytes = wire.MaxMessage - 64<<10

// sayHello begins the handshake (WI7).
func (p *Peer) sayHello() error {
	h := &wire.Hello{
		Versions: []uint64{wire.Version}, Workspace: p.cfg.Repo.Workspace(),
		Device: p.cfg.Signer.Device(), Program: p.cfg.Program,
	}
	if _, err := io.ReadFull(p.cfg.Rand, h.Nonce[:]); err != nil {
		return fmt.Errorf("draw nonce: %w", err)
	}
	p.phase, p.lastID = phaseHello, 1
	p.asks[1] = ask{at: p.now}
	b, err := p.send(1, h)
	p.hello = b
	return err
}

// shake is the handshake up to Ready. What comes twice or out of place is
// passed over: the relay decides whether to go on.
func (p *Peer) shake(_ context.Context, m wire.Message, raw []byte) error {
	switch f := m.Frame.(type) {
	case *wire.Failed:
		p.count.code = f.Code
		p.close(f.Code)
	case *wire.Statements:
		if p.phase == phaseHello {
			return p.offer()
		}
	case *wire.Challenge:
		if p.phase == phaseHello {
			return p.prove(f, raw)
		}
	case *wire.Records: // the receipt of the relay's first statement comes before Ready (WI18)
		if p.phase == phaseProof {
			return p.addStatements(f.Records)
		}
	case *wire.Ready:
		if p.phase == phaseProof {
			delete(p.asks, 1)
			return p.begin(f)
		}
	}
	return nil
}

// offer sends the whole charter to a relay that has none, or lost it (WI18).
func (p *Peer) offer() error {
	if p.cfg.Name != nil {
		before := p.cfg.Repo.Charter().Len()
		if err := p.cfg.Name(p.relay); err != nil {
			return err //nolint:wrapcheck // whoever names it says so
		}
		if p.cfg.Repo.Charter().Len() != before {
			p.count.stale = true
			p.out = append(p.out, Charter{Seq: p.head().Seq})
		}
	}
	all, err := p.cfg.Repo.Statements(0, int(p.cfg.Repo.Charter().Len()))
	if err != nil {
		return err //nolint:wrapcheck // the repo names the operation
	}
	for _, part := range parts(all) {
		all = all[len(part):]
		if _, err := p.send(1, &wire.Records{Records: part, More: len(all) > 0}); err != nil {
			return err
		}
	}
	return nil
}

// parts cuts records so that each part fits a message; there is at least one.
func parts(all [][]byte) [][][]byte {
	var out [][][]byte
	for {
		n, size := 0, 0
		for n < len(all) && (n == 0 || size+len(all[n])+8 <= partBytes) {
			size += len(all[n]) + 8
			n++
		}
		out = append(out, all[:n])
		if all = all[n:]; len(all) == 0 {
			return out
		}
	}
}

func (p *Peer) prove(f *wire.Challenge, raw []byte) error {
	if f.Version != wire.Version {
		p.close(wire.CodeUnsupportedVersion)
		return nil
	}
	p.count.trip = p.now.Sub(p.asks[1].at)
	p.count.skew = p.now.Sub(time.UnixMilli(f.Time)).Round(time.Second)
	signed := wire.HelloSigned(p.cfg.Repo.Workspace(), p.cfg.Signer.Device(), p.relay, p.hello, raw, p.exporter)
	sig, err := p.cfg.Signer.Sign(canon.DomainHello, signed)
	if err != nil {
		return fmt.Errorf("sign proof: %w", err)
	}
	p.phase, p.hello = phaseProof, nil
	_, err = p.send(1, &wire.Proof{Signature: sig})
	return err
}

// begin takes Ready and starts the work in its order (WI10).
func (p *Peer) begin(f *wire.Ready) error {
	p.ready, p.phase = f, phaseCharter
	if p.cfg.Repo.Forked() { // there is nothing to exchange with this relay before a person has decided (TR5)
		p.close(wire.CodeCharterFork)
		return nil
	}
	p.push.limits = wire.DefaultLimits().Lowered(f.Limits)
	p.heal.on(f.Log)
	p.heal.relay = f.State == wire.StateHealing
	cur, err := p.cfg.Repo.Cursor()
	if err != nil {
		return err //nolint:wrapcheck // the repo names the operation
	}
	p.pull.at = cur
	if f.State != wire.StateRevoked {
		if _, err := p.send(0, &wire.Resume{Charter: p.head(), Cursor: cur}); err != nil {
			return err
		}
	}
	return p.compareCharter()
}
