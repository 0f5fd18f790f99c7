package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/coder/websocket"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/peer"
	"tongce/crdt/wire"
)

// JoinConfig says who joins.
type JoinConfig struct {
	Invite *charter.InviteSecret
	Device canon.Signer
	Keys   charter.Keys
	// Member is the person's name; it counts only where the invite leaves it open.
	Member string
	// Confirm, when set, is asked before anything is signed (IN3); it may change
	// the name. An error of it ends the join, with nothing done.
	Confirm func(i peer.Invitation, member string) (string, error)
	// Keep, when set, puts the signed join on disk before it is sent (TR3).
	Keep func(record []byte) error
	// Sent is what Keep was last given by an exchange that was cut off.
	Sent    []byte
	Now     func() time.Time
	Dial    DialFunc
	Program string
	Rand    io.Reader
}

// Join brings a device into the workspace of an invite and returns all
// statements from genesis, verified, the join among them: the charter of the
// new store. A join whose answer was lost is found when Join is called again
// with the same device. The errors are those of Once; with invite_used the
// *peer.RefusedError says when.
func Join(ctx context.Context, cfg JoinConfig) ([][]byte, error) {
	records, err := join(ctx, cfg, false)
	var refused *peer.RefusedError
	if errors.As(err, &refused) && refused.Code == wire.CodeInviteUsed {
		// Perhaps it was this device that used it.
		if own, ownErr := join(ctx, cfg, true); ownErr == nil {
			return own, nil
		}
	}
	return records, err
}

func join(ctx context.Context, cfg JoinConfig, asDevice bool) ([][]byte, error) {
	j, err := peer.NewJoiner(peer.JoinConfig{
		Invite: cfg.Invite, Device: cfg.Device, Keys: cfg.Keys, AsDevice: asDevice, Program: cfg.Program, Rand: cfg.Rand, Sent: cfg.Sent,
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // the joiner names the operation
	}
	s, err := openAny(ctx, cfg.Dial, cfg.Invite.Addresses(), cfg.Invite.RelayKeys())
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.ws.CloseNow() }()
	ctx, cancel := context.WithTimeout(ctx, deadAfter)
	defer cancel()
	effects, err := j.Step(cfg.Now(), peer.Opened{Exporter: s.exporter, Relay: s.relay})
	asked := false
	for err == nil {
		if err = cfg.do(ctx, s, effects); err != nil {
			return nil, err
		}
		if j.Done() {
			return j.Records(), nil
		}
		if i, ok := j.Invitation(); ok && !asked {
			if asDevice {
				return nil, &peer.RefusedError{Code: wire.CodeInviteUsed}
			}
			asked = true
			member := cfg.Member
			if cfg.Confirm != nil {
				if member, err = cfg.Confirm(i, member); err != nil {
					return nil, fmt.Errorf("join: %w", err)
				}
			}
			if i.Member != "" {
				member = ""
			}
			effects, err = j.Accept(cfg.Now(), member)
			continue
		}
		kind, b, readErr := s.ws.Read(ctx)
		if readErr != nil || kind != websocket.MessageBinary {
			return nil, fmt.Errorf("%w: %w", ErrOffline, errors.Join(readErr, ctx.Err()))
		}
		effects, err = j.Step(cfg.Now(), peer.Received{Data: b})
	}
	return nil, err //nolint:wrapcheck // the joiner names the operation
}

func (cfg *JoinConfig) do(ctx context.Context, s *socket, effects []peer.Effect) error {
	for _, e := range effects {
		switch e := e.(type) {
		case peer.Signed:
			if cfg.Keep != nil {
				if err := cfg.Keep(e.Record); err != nil {
					return fmt.Errorf("keep join: %w", err)
				}
			}
		case peer.Send:
			if err := s.ws.Write(ctx, websocket.MessageBinary, e.Data); err != nil {
				return fmt.Errorf("%w: %w", ErrOffline, err)
			}
		}
	}
	return nil
}
