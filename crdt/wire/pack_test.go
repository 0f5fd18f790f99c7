package wire_test

import (
	"errors"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

// TestPK1_OneFormOnly writes packs by hand that hold the same records in
// another form, or more than their rows use.
func TestPK1_OneFormOnly(t *testing.T) {
	t.Parallel()
	type parts struct {
		devices []canon.DeviceID
		heads   []any
		chunks  [][]byte
		rows    []any
	}
	row := func(seq, device, head, chunks int) any {
		return []any{seq, 1, 3, device, seq, head, 0, chunks, make([]byte, 64), nil}
	}
	head := func(n byte) any { return []any{int(n), hash(n)} }
	good := func() parts {
		return parts{
			devices: []canon.DeviceID{{1}, {2}}, heads: []any{head(1), head(2)},
			chunks: [][]byte{{1}, {2}, {3}}, rows: []any{row(1, 0, 0, 1), row(2, 1, 1, 1), row(3, 0, 1, 1)},
		}
	}
	encode := func(p parts) []byte {
		return canon.MustMarshal(map[int]any{1: doc(1), 2: p.devices, 3: p.heads, 4: p.chunks, 5: p.rows})
	}
	if p, err := wire.ReadPack(encode(good())); err != nil || len(p.Records) != 3 {
		t.Fatalf("good pack: %v", err)
	}
	for name, edit := range map[string]func(*parts){
		"device not used":      func(p *parts) { p.devices = append(p.devices, canon.DeviceID{3}) },
		"head not used":        func(p *parts) { p.heads = append(p.heads, head(3)) },
		"chunk not used":       func(p *parts) { p.chunks = append(p.chunks, []byte{4}) },
		"chunk missing":        func(p *parts) { p.chunks = p.chunks[:2] },
		"device twice":         func(p *parts) { p.devices[1] = p.devices[0] },
		"head twice":           func(p *parts) { p.heads[1] = p.heads[0] },
		"devices out of order": func(p *parts) { p.rows[0], p.rows[1] = row(1, 1, 0, 1), row(2, 0, 1, 1) },
		"heads out of order":   func(p *parts) { p.rows[0], p.rows[1] = row(1, 0, 1, 1), row(2, 1, 0, 1) },
		"device out of range":  func(p *parts) { p.rows[2] = row(3, 2, 1, 1) },
		"head out of range":    func(p *parts) { p.rows[2] = row(3, 0, 2, 1) },
		"seq falls":            func(p *parts) { p.rows[2] = row(1, 0, 1, 1) },
		"seq 0":                func(p *parts) { p.rows[0] = row(0, 0, 0, 1) },
		"row without chunks":   func(p *parts) { p.rows[2] = row(3, 0, 1, 0); p.chunks = p.chunks[:2] },
		"no rows":              func(p *parts) { *p = parts{} },
	} {
		p := good()
		edit(&p)
		if _, err := wire.ReadPack(encode(p)); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
