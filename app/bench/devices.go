package bench

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"tongce/app/book"
	"tongce/app/keychain"
	"tongce/app/workspace"
	"tongce/crdt/canon"
)

// ring is a keyring in memory: a benchmark leaves nothing in the person's own.
type ring struct {
	mu      sync.Mutex
	entries map[string]string
}

var _ keychain.Ring = (*ring)(nil)

func newRing() *ring { return &ring{entries: map[string]string{}} }

// Get implements keychain.Ring.
func (r *ring) Get(_ context.Context, account string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.entries[account]
	if !ok {
		return "", keychain.ErrNotFound
	}
	return s, nil
}

// Set implements keychain.Ring.
func (r *ring) Set(_ context.Context, account, secret string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entries[account] = secret
	return nil
}

// Delete implements keychain.Ring.
func (r *ring) Delete(_ context.Context, account string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.entries, account)
	return nil
}

func (s *suite) deps(r *ring) workspace.Deps {
	return workspace.Deps{Now: s.Now, Rand: rand.Reader, KeyRing: r, Log: slog.New(slog.DiscardHandler), Program: "tongce bench"}
}

// relayProcess is a running relay.
type relayProcess struct {
	cmd     *exec.Cmd
	address string // HOST:PORT#R
	logs    *os.File
}

// startRelay starts a relay with an empty data directory.
func (s *suite) startRelay(ctx context.Context, dir string) (*relayProcess, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	logs, err := os.Create(dir + ".log")
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	p := &relayProcess{logs: logs}
	p.cmd = exec.CommandContext(ctx, s.Relay, "serve", "--data", dir, "--listen", "127.0.0.1:0") //nolint:gosec // our own program
	p.cmd.Stderr = logs
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, logs.Close())
	}
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("relay: %w", err), logs.Close())
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("relay: %w", err), p.stop())
	}
	p.address = strings.TrimSpace(line)
	return p, nil
}

func (p *relayProcess) pid() int { return p.cmd.Process.Pid }

// stop ends the relay as an operator would, and waits for it.
func (p *relayProcess) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	return errors.Join(p.cmd.Wait(), p.logs.Close())
}

// two lets this process use the memory that the programs of two devices may use
// together (ADR 0059), until the returned function is called.
func two() (end func()) {
	one := debug.SetMemoryLimit(-1)
	if one < math.MaxInt64/2 {
		debug.SetMemoryLimit(2 * one)
	}
	return func() { debug.SetMemoryLimit(one) }
}

// site is a relay with the founder's device A and a colleague's device B.
type site struct {
	relay        *relayProcess
	a, b         *workspace.Workspace
	ringA, ringB *ring
}

// newSite makes all three; b may be left out.
func (s *suite) newSite(ctx context.Context, name string, withB bool) (_ *site, err error) {
	x := &site{ringA: newRing(), ringB: newRing()}
	defer func() {
		if err != nil {
			err = errors.Join(err, x.close())
		}
	}()
	if x.relay, err = s.startRelay(ctx, s.path(name, "relay")); err != nil {
		return nil, err
	}
	if x.a, err = s.found(ctx, s.path(name, "a"), x.ringA); err != nil {
		return nil, err
	}
	if _, err = x.a.SetRelay(ctx, x.relay.address); err != nil {
		return nil, err
	}
	if withB {
		err = s.joinB(ctx, x, s.path(name, "b"))
	}
	return x, err
}

func (s *suite) found(ctx context.Context, dir string, r *ring) (*workspace.Workspace, error) {
	w, kit, err := workspace.Create(ctx, s.deps(r), workspace.CreateSpec{
		Dir: dir, Company: "恒锐精密机械有限公司", Member: "李强", Department: "销售部", Device: "李强的电脑",
	})
	if err == nil {
		kit.Close()
	}
	return w, err
}

func (s *suite) joinB(ctx context.Context, x *site, dir string) error {
	link, _, err := x.a.Invite(ctx, workspace.InviteSpec{Role: "colleague", Department: "客服部", Member: "王芳"})
	if err != nil {
		return err
	}
	x.b, err = workspace.Join(ctx, s.deps(x.ringB), workspace.JoinSpec{Dir: dir, Link: link, Device: "王芳的电脑"})
	return err
}

func (x *site) close() error {
	var err error
	for _, w := range []*workspace.Workspace{x.a, x.b} {
		if w != nil {
			err = errors.Join(err, w.Close())
		}
	}
	if x.relay != nil {
		err = errors.Join(err, x.relay.stop())
	}
	return err
}

// fill writes invented customers into a workspace, as an import does.
func fill(ctx context.Context, w *workspace.Workspace, from, n int) ([]canon.DocID, error) {
	batch, err := canon.RandomID(rand.Reader)
	if err != nil {
		return nil, err
	}
	var docs []canon.DocID
	var failed error
	err = w.Book.Import(ctx, batch, rows(from, n), nil, func(o book.Outcome) {
		docs, failed = append(docs, o.Doc), errors.Join(failed, o.Err)
	})
	return docs, errors.Join(err, failed, w.WaitIndexed(ctx))
}

const syncTimeout = 10 * time.Minute
