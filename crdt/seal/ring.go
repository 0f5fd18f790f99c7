package seal

import (
	"fmt"
	"log/slog"
	"sync"

	"tongce/crdt/canon"
)

// Ring holds a workspace's section keys in memory. It is safe for concurrent
// use; keys are only ever added.
type Ring struct {
	w canon.WorkspaceID

	mu       sync.RWMutex
	sections map[string]map[uint32]held
}

// held is what is known of one version: the mask key always, the full key
// where hasFull.
type held struct {
	full, mask [32]byte
	hasFull    bool
}

// NewRing is an empty ring of workspace w.
func NewRing(w canon.WorkspaceID) *Ring {
	return &Ring{w: w, sections: map[string]map[uint32]held{}}
}

// Workspace is the workspace whose keys the ring holds.
func (r *Ring) Workspace() canon.WorkspaceID { return r.w }

// Add takes keys in. A full key brings its mask key along and raises what was
// held as a mask key; the same key again changes nothing. A different key for
// a known version is refused with ErrKeyClash and the first one stays; the
// other keys of the call are still added.
func (r *Ring) Add(keys ...SectionKey) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var clash error
	for _, k := range keys {
		if err := r.add(k); err != nil {
			clash = fmt.Errorf("add %v: %w", k, err)
		}
	}
	return clash
}

func (r *Ring) add(k SectionKey) error {
	if k.Version == 0 || k.Kind > Mask {
		return ErrValue
	}
	versions := r.sections[k.Section]
	if versions == nil {
		versions = map[uint32]held{}
		r.sections[k.Section] = versions
	}
	had, known := versions[k.Version]
	next := held{mask: k.Masked(r.w).Key, hasFull: k.Kind == Full}
	if next.hasFull {
		next.full = k.Key
	}
	if known && had.mask != next.mask {
		return ErrKeyClash
	}
	if known && had.hasFull {
		return nil // equal mask keys come from equal full keys
	}
	versions[k.Version] = next
	return nil
}

// AddPrevious opens a rotation's wrap with the held key of the given version
// and adds the key before it. It returns ErrNoKey without that key.
func (r *Ring) AddPrevious(section string, version uint32, p Previous) error {
	k, ok := r.Key(section, version)
	if !ok {
		return fmt.Errorf("previous of %s/%d: %w", section, version, ErrNoKey)
	}
	before, err := OpenPrevious(r.w, k, p)
	if err != nil {
		return err
	}
	return r.Add(before)
}

// Key is the strongest key held of a section's version: for wrapping it to
// others (KY3).
func (r *Ring) Key(section string, version uint32) (SectionKey, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	h, ok := r.sections[section][version]
	if !ok {
		return SectionKey{}, false
	}
	if h.hasFull {
		return SectionKey{Section: section, Version: version, Kind: Full, Key: h.full}, true
	}
	return SectionKey{Section: section, Version: version, Kind: Mask, Key: h.mask}, true
}

// Newest is the highest version held of a section, and its kind.
func (r *Ring) Newest(section string) (version uint32, kind Kind, ok bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for v, h := range r.sections[section] {
		if v > version {
			version, ok, kind = v, true, Mask
			if h.hasFull {
				kind = Full
			}
		}
	}
	return version, kind, ok
}

// Has tells whether the ring holds a key of the version that is of the given
// kind; a full key counts as a mask key too.
func (r *Ring) Has(section string, version uint32, kind Kind) bool {
	k, ok := r.Key(section, version)
	return ok && k.Kind <= kind
}

// key is the key that opens or seals one part.
func (r *Ring) key(section string, version uint32, kind Kind) ([32]byte, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	h, ok := r.sections[section][version]
	if kind == Mask {
		return h.mask, ok
	}
	return h.full, ok && h.hasFull
}

// String names the ring without its keys.
func (r *Ring) String() string { return "section keys of " + r.w.String() }

// Format writes String for every verb.
func (r *Ring) Format(f fmt.State, _ rune) { redact(f, r.String()) }

// LogValue is String.
func (r *Ring) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText is String.
func (r *Ring) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
