package charter

import "maps"

// layers is an immutable map: setting makes a new one that shares all but the
// newest entries with the old. Layers grow by at least a factor of two towards
// the back, so reading looks into log n of them and a chain of n states holds n
// log n entries.
type layers[K comparable, V any] struct {
	stack []map[K]V // newest last
}

func (l layers[K, V]) get(k K) (v V, ok bool) {
	for i := len(l.stack) - 1; i >= 0; i-- {
		if v, ok = l.stack[i][k]; ok {
			return v, true
		}
	}
	return v, false
}

func (l layers[K, V]) set(k K, v V) layers[K, V] { return l.setAll(map[K]V{k: v}) }

// setAll takes over the map.
func (l layers[K, V]) setAll(top map[K]V) layers[K, V] {
	n := len(l.stack)
	for n > 0 && len(l.stack[n-1]) < 2*len(top) {
		merged := maps.Clone(l.stack[n-1])
		maps.Copy(merged, top)
		top, n = merged, n-1
	}
	stack := make([]map[K]V, n, n+1)
	copy(stack, l.stack[:n])
	return layers[K, V]{stack: append(stack, top)}
}

// all returns the newest value of each key, in no order.
func (l layers[K, V]) all() map[K]V {
	out := map[K]V{}
	for _, m := range l.stack {
		maps.Copy(out, m)
	}
	return out
}
