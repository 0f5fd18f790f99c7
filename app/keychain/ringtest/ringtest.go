// Package ringtest proves keyrings: one suite that the real secret service and
// the one in memory both pass, keyrings that misbehave, and a real secret
// service in a session bus of its own for tests on Linux.
package ringtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"tongce/app/keychain"
)

// Run is what every keychain.Ring promises. The ring may hold other entries.
func Run(t *testing.T, ring keychain.Ring) {
	t.Helper()
	ctx := t.Context()
	account := func(name string) string { return "ringtest-" + strings.ReplaceAll(t.Name(), "/", "-") + "-" + name }
	t.Run("missing entry", func(t *testing.T) {
		if got, err := ring.Get(ctx, account("missing")); !errors.Is(err, keychain.ErrNotFound) || got != "" {
			t.Errorf("Get: got %q, %v, want ErrNotFound", got, err)
		}
		if err := ring.Delete(ctx, account("missing")); !errors.Is(err, keychain.ErrNotFound) {
			t.Errorf("Delete: got %v, want ErrNotFound", err)
		}
	})
	t.Run("entry comes back whole", func(t *testing.T) {
		a, b := account("a"), account("b")
		want := strings.Repeat("aZ09-_", 8) // 48 characters, the alphabet of base64url
		for name, text := range map[string]string{a: want, b: "other"} {
			if err := ring.Set(ctx, name, text); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := ring.Get(ctx, a); got != want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
		if err := ring.Set(ctx, a, "second"); err != nil {
			t.Fatal(err)
		}
		if got, err := ring.Get(ctx, a); got != "second" || err != nil {
			t.Errorf("written over: got %q, %v", got, err)
		}
		if err := ring.Delete(ctx, a); err != nil {
			t.Fatal(err)
		}
		if _, err := ring.Get(ctx, a); !errors.Is(err, keychain.ErrNotFound) {
			t.Errorf("deleted: got %v, want ErrNotFound", err)
		}
		if got, err := ring.Get(ctx, b); got != "other" || err != nil {
			t.Errorf("another account: got %q, %v", got, err)
		}
		if err := ring.Delete(ctx, b); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("ended context", func(t *testing.T) {
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if err := ring.Set(ended, account("ended"), "x"); !errors.Is(err, context.Canceled) {
			t.Errorf("Set: got %v, want context.Canceled", err)
		}
		if _, err := ring.Get(ctx, account("ended")); !errors.Is(err, keychain.ErrNotFound) {
			t.Errorf("it was set all the same: %v", err)
		}
	})
	t.Run("many at once", func(t *testing.T) {
		var wait sync.WaitGroup
		for i := range 8 {
			wait.Go(func() {
				a, want := account(fmt.Sprint(i)), fmt.Sprint("secret ", i)
				if err := ring.Set(ctx, a, want); err != nil {
					t.Errorf("Set: %v", err)
				}
				if got, err := ring.Get(ctx, a); got != want || err != nil {
					t.Errorf("got %q, %v, want %q", got, err, want)
				}
				if err := ring.Delete(ctx, a); err != nil {
					t.Errorf("Delete: %v", err)
				}
			})
		}
		wait.Wait()
	})
}

// Memory is a keyring in memory, for tests where no real one runs. Its zero
// value is empty and ready; it is safe for concurrent use.
type Memory struct {
	mu      sync.Mutex
	entries map[string]string
}

var _ keychain.Ring = (*Memory)(nil)

// Get returns an entry.
func (m *Memory) Get(ctx context.Context, account string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	text, ok := m.entries[account]
	if !ok {
		return "", keychain.ErrNotFound
	}
	return text, nil
}

// Set writes an entry.
func (m *Memory) Set(ctx context.Context, account, secret string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.entries == nil {
		m.entries = map[string]string{}
	}
	m.entries[account] = secret
	return nil
}

// Delete removes an entry.
func (m *Memory) Delete(ctx context.Context, account string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, ok := m.entries[account]; !ok {
		return keychain.ErrNotFound
	}
	delete(m.entries, account)
	return nil
}

// Accounts are the accounts that have an entry.
func (m *Memory) Accounts() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []string
	for a := range m.entries {
		out = append(out, a)
	}
	return out
}

// Bad is a keyring that misbehaves over a good one: it stores what it is
// given and answers with Answer of it, or fails every call with Err.
type Bad struct {
	Ring   keychain.Ring
	Answer func(string) string
	Err    error
}

var _ keychain.Ring = Bad{}

// Truncating keeps the first n characters (AT7).
func Truncating(n int) Bad {
	return Bad{Ring: new(Memory), Answer: func(s string) string { return s[:min(n, len(s))] }}
}

// Lying gives back something else of the same length (AT7).
func Lying() Bad {
	return Bad{Ring: new(Memory), Answer: func(s string) string { return strings.Repeat("A", len(s)) }}
}

// Failing fails every call with err: keychain.ErrKeyringLocked, ErrNoKeyring.
func Failing(err error) Bad { return Bad{Ring: new(Memory), Err: err} }

// Get answers wrongly.
func (b Bad) Get(ctx context.Context, account string) (string, error) {
	if b.Err != nil {
		return "", b.Err
	}
	text, err := b.Ring.Get(ctx, account)
	return b.Answer(text), err
}

// Set stores rightly.
func (b Bad) Set(ctx context.Context, account, secret string) error {
	if b.Err != nil {
		return b.Err
	}
	return b.Ring.Set(ctx, account, secret)
}

// Delete removes rightly.
func (b Bad) Delete(ctx context.Context, account string) error {
	if b.Err != nil {
		return b.Err
	}
	return b.Ring.Delete(ctx, account)
}
