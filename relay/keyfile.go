package relay

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
)

// ErrKeyFile means that DIR/relay.key cannot be used. A relay never makes
// another key in its place.
var ErrKeyFile = errors.New("relay key file cannot be used")

// The names in a relay's data directory.
const (
	keyName  = "relay.key"
	logName  = "log"
	lockName = "lock"
	tryName  = "try"
)

// tryBytes is less than a start writes.
const tryBytes = 64 << 10

// keyFile is DIR/relay.key: the relay's key and its Memory. It outlives the
// stream (HE3).
type keyFile struct {
	path   string
	key    ed25519.PrivateKey
	memory Memory
}

type storedKey struct {
	Version   uint64             `cbor:"1,keyasint"`
	Seed      []byte             `cbor:"2,keyasint"`
	Workspace *canon.WorkspaceID `cbor:"3,keyasint"`
	Seq       uint64             `cbor:"4,keyasint"`
	Hash      canon.Hash         `cbor:"5,keyasint"`
}

// openKeyFile reads the key file of dir. Where there is none and no log either,
// it makes one.
func openKeyFile(dir string, random io.Reader) (*keyFile, error) {
	k := &keyFile{path: filepath.Join(dir, keyName)}
	b, err := os.ReadFile(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(dir, logName)); err == nil {
			return nil, fmt.Errorf("log without a key: %w", ErrKeyFile)
		}
		seed := make([]byte, ed25519.SeedSize)
		if _, err := io.ReadFull(random, seed); err != nil {
			return nil, fmt.Errorf("relay key: %w", err)
		}
		k.key = ed25519.NewKeyFromSeed(seed)
		return k, k.write(k.memory)
	}
	if err != nil {
		return nil, fmt.Errorf("read key: %w: %w", ErrKeyFile, err)
	}
	var s storedKey
	if err := canon.Unmarshal(b, &s); err != nil || s.Version != 1 || len(s.Seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("read key of %d bytes: %w", len(b), ErrKeyFile)
	}
	k.key = ed25519.NewKeyFromSeed(s.Seed)
	if s.Workspace != nil {
		k.memory = Memory{Workspace: *s.Workspace, Head: charter.Head{Seq: s.Seq, Hash: s.Hash}}
	}
	return k, nil
}

func (k *keyFile) relay() canon.RelayKey {
	return canon.RelayKey(k.key[ed25519.SeedSize:]) // the public half
}

// write replaces the file and returns when that is on disk.
func (k *keyFile) write(m Memory) (err error) {
	s := storedKey{Version: 1, Seed: k.key.Seed(), Seq: m.Head.Seq, Hash: m.Head.Hash}
	if m.Workspace != (canon.WorkspaceID{}) {
		s.Workspace = &m.Workspace
	}
	dir := filepath.Dir(k.path)
	f, err := os.CreateTemp(dir, keyName+".*") // 0600
	if err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write key: %w", err), os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(canon.MustMarshal(s))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), k.path); err != nil {
		return err
	}
	k.memory = m
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
