package keychain

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"tongce/crdt/canon"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is the work of argon2id (KF3).
type Cost struct {
	Time      uint32
	MemoryKiB uint32
	Threads   uint8
}

// DefaultCost is what new passphrases get: 0.4 to 0.7 s.
func DefaultCost() Cost { return Cost{Time: 3, MemoryKiB: 256 << 10, Threads: 4} }

// check refuses costs that a planted file may ask for to weaken a passphrase
// or to exhaust the machine. It runs before any work.
func (c Cost) check() error {
	if c.Time < 3 || c.Time > 16 || c.MemoryKiB < 64<<10 || c.MemoryKiB > 1<<20 || c.Threads < 1 || c.Threads > 16 {
		return fmt.Errorf("t=%d m=%d KiB p=%d: %w", c.Time, c.MemoryKiB, c.Threads, ErrCost)
	}
	return nil
}

// foldPassphrase is the passphrase as it is hashed: NFKC, so that the same
// keys pressed on another system give the same bytes (KF3).
func foldPassphrase(p []byte) ([]byte, error) {
	if !utf8.Valid(p) {
		return nil, ErrPassphrase
	}
	folded := norm.NFKC.Append(nil, p...) // a copy: it is cleared, p is the caller's
	if utf8.RuneCount(folded) < MinPassphrase {
		clear(folded)
		return nil, ErrPassphrase
	}
	return folded, nil
}

func passphraseKey(folded []byte, salt [16]byte, c Cost) [32]byte {
	stretched := argon2.IDKey(folded, salt[:], c.Time, c.MemoryKiB, c.Threads, 32)
	defer clear(stretched)
	return [32]byte(stretched)
}

func (f *keyFile) wrapByPassphrase(drk [32]byte, passphrase []byte, c Cost, random io.Reader) error {
	if c == (Cost{}) {
		c = DefaultCost()
	}
	if err := c.check(); err != nil {
		return err
	}
	folded, err := foldPassphrase(passphrase)
	if err != nil {
		return err
	}
	defer clear(folded)
	w := &passphraseWrap{Type: wrapPassphrase, Time: c.Time, Memory: c.MemoryKiB, Threads: c.Threads}
	if _, err := io.ReadFull(random, w.Salt[:]); err != nil {
		return fmt.Errorf("passphrase salt: %w", err)
	}
	w.Sealed = canon.Seal(f.passphraseSubkey(passphraseKey(folded, w.Salt, c)), f.wrapAAD("passphrase"), drk[:])
	f.passphrase = w
	return nil
}

func (f *keyFile) openByPassphrase(passphrase []byte) (drk [32]byte, err error) {
	w := f.passphrase
	if w == nil {
		return drk, fmt.Errorf("passphrase: %w", ErrNoWrap)
	}
	c := Cost{Time: w.Time, MemoryKiB: w.Memory, Threads: w.Threads}
	if err := c.check(); err != nil {
		return drk, err
	}
	folded, err := foldPassphrase(passphrase)
	if err != nil {
		return drk, fmt.Errorf("passphrase: %w", ErrWrongSecret) // one too short cannot be the right one
	}
	defer clear(folded)
	return f.openWrap(f.passphraseSubkey(passphraseKey(folded, w.Salt, c)), "passphrase", w.Sealed)
}

func (f *keyFile) passphraseSubkey(stretched [32]byte) [32]byte {
	return canon.Derive(stretched[:], f.head.FileID[:], canon.DomainPassphrase, nil)
}

func (f *keyFile) keyringSubkey(key [32]byte) [32]byte {
	return canon.Derive(key[:], f.head.FileID[:], canon.DomainKeyring, nil)
}

func (f *keyFile) wrapAAD(word string) []byte { return append([]byte(word), f.head.FileID[:]...) }

func (f *keyFile) openWrap(key [32]byte, word string, sealed []byte) (drk [32]byte, err error) {
	plain, err := canon.Open(key, f.wrapAAD(word), sealed)
	if err != nil || len(plain) != 32 {
		return drk, fmt.Errorf("%s: %w", word, ErrWrongSecret)
	}
	defer clear(plain)
	return [32]byte(plain), nil
}

// wrapByKeyring wraps with a key that the keyring holds. The key is kept if
// the entry there opens the present wrap: were it replaced first, a kill before
// the new file is on disk would leave a file that the keyring cannot open. Else
// a new one is put there and read back before anything depends on it (KF2).
func (f *keyFile) wrapByKeyring(ctx context.Context, ring Ring, drk [32]byte, random io.Reader) error {
	key, err := f.ringKey(ctx, ring)
	usable := err == nil && f.keyring != nil
	if usable {
		_, err = f.openWrap(f.keyringSubkey(key), "keyring", f.keyring.Sealed)
		usable = err == nil
	}
	if !usable {
		if _, err := io.ReadFull(random, key[:]); err != nil {
			return fmt.Errorf("keyring key: %w", err)
		}
		if err := putRingKey(ctx, ring, f.head.account(), key); err != nil {
			return err
		}
	}
	f.keyring = &keyringWrap{Type: wrapKeyring, Sealed: canon.Seal(f.keyringSubkey(key), f.wrapAAD("keyring"), drk[:])}
	clear(key[:])
	return nil
}

func (f *keyFile) openByKeyring(ctx context.Context, ring Ring) (drk [32]byte, err error) {
	if f.keyring == nil {
		return drk, fmt.Errorf("keyring: %w", ErrNoWrap)
	}
	key, err := f.ringKey(ctx, ring)
	if err != nil {
		return drk, err
	}
	defer clear(key[:])
	return f.openWrap(f.keyringSubkey(key), "keyring", f.keyring.Sealed)
}

func (f *keyFile) ringKey(ctx context.Context, ring Ring) (key [32]byte, err error) {
	text, err := ring.Get(ctx, f.head.account())
	if err != nil {
		return key, fmt.Errorf("keyring entry %s: %w", f.head.account(), err)
	}
	key, err = parseEntry(text)
	if err != nil {
		return key, fmt.Errorf("keyring entry %s: %w", f.head.account(), err)
	}
	return key, nil
}

// entrySize is the length of a keyring entry on every system (KF2).
const entrySize = 48

// entryText is base64url of the key and the first 4 bytes of its SHA-256.
func entryText(key [32]byte) string {
	sum := sha256.Sum256(key[:])
	return base64.RawURLEncoding.EncodeToString(append(append([]byte{}, key[:]...), sum[:4]...))
}

func parseEntry(text string) (key [32]byte, err error) {
	if len(text) < entrySize {
		return key, ErrKeyringTruncates
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != 36 {
		return key, ErrKeyringLies
	}
	defer clear(b)
	sum := sha256.Sum256(b[:32])
	if subtle.ConstantTimeCompare(sum[:4], b[32:]) != 1 {
		return key, ErrKeyringLies
	}
	return [32]byte(b[:32]), nil
}

// putRingKey stores a key and reads it back (KF2). An entry that came back
// wrong is taken away again, as far as the keyring lets itself.
func putRingKey(ctx context.Context, ring Ring, account string, key [32]byte) error {
	want := entryText(key)
	if err := ring.Set(ctx, account, want); err != nil {
		return fmt.Errorf("set keyring entry %s: %w", account, err)
	}
	got, err := ring.Get(ctx, account)
	if err == nil && got == want {
		return nil
	}
	cause := err
	switch {
	case errors.Is(err, ErrNotFound):
		cause = ErrKeyringLies // it took the entry and has none
	case err == nil && len(got) < len(want):
		cause = ErrKeyringTruncates
	case err == nil:
		cause = ErrKeyringLies
	}
	cause = fmt.Errorf("read back keyring entry %s: %w", account, cause)
	if err := ring.Delete(ctx, account); err != nil && !errors.Is(err, ErrNotFound) {
		return errors.Join(cause, err)
	}
	return cause
}
