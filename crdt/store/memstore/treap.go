package memstore

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
)

// node is a treap that is never changed once made: an update copies the path
// to what it changes, so a root is a snapshot for ever.
type node struct {
	key, value  []byte
	prio        uint64
	left, right *node
}

func get(n *node, key []byte) ([]byte, bool) {
	for n != nil {
		switch c := bytes.Compare(key, n.key); {
		case c == 0:
			return n.value, true
		case c < 0:
			n = n.left
		default:
			n = n.right
		}
	}
	return nil, false
}

func put(n *node, key, value []byte) *node {
	if n == nil {
		// The priority comes from the key: one shape for one content.
		return &node{key: key, value: value, prio: xxhash.Sum64(key)}
	}
	cp := *n
	switch c := bytes.Compare(key, n.key); {
	case c == 0:
		cp.value = value
	case c < 0:
		cp.left = put(n.left, key, value)
		if cp.left.prio > cp.prio {
			up := *cp.left
			cp.left, up.right = up.right, &cp
			return &up
		}
	default:
		cp.right = put(n.right, key, value)
		if cp.right.prio > cp.prio {
			up := *cp.right
			cp.right, up.left = up.left, &cp
			return &up
		}
	}
	return &cp
}

func remove(n *node, key []byte) *node {
	if n == nil {
		return nil
	}
	switch c := bytes.Compare(key, n.key); {
	case c == 0:
		return join(n.left, n.right)
	case c < 0:
		left := remove(n.left, key)
		if left == n.left {
			return n
		}
		cp := *n
		cp.left = left
		return &cp
	default:
		right := remove(n.right, key)
		if right == n.right {
			return n
		}
		cp := *n
		cp.right = right
		return &cp
	}
}

// join makes one treap of two where every key of a is below every key of b.
func join(a, b *node) *node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.prio > b.prio:
		cp := *a
		cp.right = join(a.right, b)
		return &cp
	default:
		cp := *b
		cp.left = join(a, b.left)
		return &cp
	}
}

// walk calls fn for each key not below from that has the prefix, in order, until
// fn returns an error.
func walk(n *node, prefix, from []byte, fn func(k, v []byte) error) error {
	if n == nil {
		return nil
	}
	if bytes.Compare(n.key, from) >= 0 {
		if err := walk(n.left, prefix, from, fn); err != nil {
			return err
		}
		if !bytes.HasPrefix(n.key, prefix) {
			return errPast
		}
		if err := fn(n.key, n.value); err != nil {
			return err
		}
	}
	return walk(n.right, prefix, from, fn)
}
