package keychain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zalando/go-keyring"
)

// Service is the name under which entries stand in the keyring (KF2).
const Service = "tongce"

// Ring is a keyring: short texts by account. Errors are ErrNotFound (Get,
// Delete), ErrNoKeyring, ErrKeyringLocked, or the context's. Implementations
// are safe for concurrent use; package ringtest has their suite.
type Ring interface {
	Get(ctx context.Context, account string) (string, error)
	Set(ctx context.Context, account, secret string) error
	Delete(ctx context.Context, account string) error
}

// SystemTimeout is how long a call to the operating system's keyring may take:
// long enough to type a password in its window, short enough to say something.
const SystemTimeout = 10 * time.Second

// System is the operating system's keyring: Secret Service, macOS keychain or
// Windows credential manager.
//
// A call there can block for ever behind a window of the system and cannot be
// taken back. System therefore gives up waiting after the timeout with
// ErrKeyringLocked, and makes no further call before the hung one has returned,
// so that at most one goroutine waits for the system.
type System struct {
	timeout time.Duration
	slot    chan struct{}
	calls   systemCalls
}

// systemCalls is go-keyring; tests put a keyring in its place that hangs.
type systemCalls struct {
	get    func(service, account string) (string, error)
	set    func(service, account, secret string) error
	delete func(service, account string) error
}

var _ Ring = (*System)(nil)

// NewSystem is the operating system's keyring. A timeout of 0 is
// SystemTimeout.
func NewSystem(timeout time.Duration) *System {
	return newSystem(timeout, systemCalls{get: keyring.Get, set: keyring.Set, delete: keyring.Delete})
}

func newSystem(timeout time.Duration, calls systemCalls) *System {
	if timeout == 0 {
		timeout = SystemTimeout
	}
	return &System{timeout: timeout, slot: make(chan struct{}, 1), calls: calls}
}

// Get returns the entry of an account.
func (s *System) Get(ctx context.Context, account string) (string, error) {
	return s.do(ctx, func() (string, error) { return s.calls.get(Service, account) })
}

// Set writes the entry of an account over what is there.
func (s *System) Set(ctx context.Context, account, secret string) error {
	_, err := s.do(ctx, func() (string, error) { return "", s.calls.set(Service, account, secret) })
	return err
}

// Delete removes the entry of an account.
func (s *System) Delete(ctx context.Context, account string) error {
	_, err := s.do(ctx, func() (string, error) { return "", s.calls.delete(Service, account) })
	return err
}

type systemReply struct {
	text string
	err  error
}

func (s *System) do(ctx context.Context, call func() (string, error)) (string, error) {
	if ctx.Err() != nil {
		return "", s.gaveUp(ctx)
	}
	timer, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	select {
	case s.slot <- struct{}{}:
	case <-timer.Done():
		return "", s.gaveUp(ctx)
	}
	reply := make(chan systemReply, 1)
	go func() {
		defer func() { <-s.slot }()
		defer func() {
			if recover() != nil { // go-keyring asserts types of what other programs answer
				reply <- systemReply{err: fmt.Errorf("keyring answered nonsense: %w", ErrNoKeyring)}
			}
		}()
		text, err := call()
		reply <- systemReply{text, err}
	}()
	select {
	case r := <-reply:
		return r.text, systemError(r.err)
	case <-timer.Done():
		return "", s.gaveUp(ctx)
	}
}

func (s *System) gaveUp(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("keyring: %w", err)
	}
	return fmt.Errorf("no answer in %v: %w", s.timeout, ErrKeyringLocked)
}

// systemError turns go-keyring's errors into ours. Their text stays out: some
// systems put the whole command line into it.
func systemError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, ErrNoKeyring):
		return err
	case lockedKeyring(err):
		return ErrKeyringLocked
	default:
		return ErrNoKeyring
	}
}
