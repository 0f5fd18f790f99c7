package gatetest

import (
	"fmt"
	"math/rand/v2"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/seal"
)

// RandomPuts is what some edit of the document writes that must pass, by a
// device that has seen it up to at: values, clearings, sealed values, entries,
// tags, what settles a conflict, an import, a pair that is none. No puts: the
// edit shall be one of the shared text.
func (s *Scene) RandomPuts(
	r *rand.Rand, doc canon.DocID, state *change.State, d *chartertest.Device, at []canon.Hash,
) (message string, puts []changetest.Put) {
	s.TB.Helper()
	entry := changetest.Put{Key: s.EntryKey(d, "service"), Value: change.Bytes(canon.MustMarshal("跟进"))}
	if d == s.Service {
		return "edit", []changetest.Put{entry}
	}
	field := []string{"name", "remark", "city", "level", "stage"}[r.IntN(5)]
	text := change.String(fmt.Sprint("值", r.IntN(1000)))
	switch r.IntN(9) {
	case 0:
		return "edit", nil
	case 1:
		key := []string{"f:mobile", "o:mobile", "r:contact:" + canon.Text16(s.W.Random16())}[r.IntN(3)]
		return "edit", []changetest.Put{{Key: key, Value: s.SealedAt(s.Founder, doc, key, "13812345678", 0, func(p *seal.Plain) {
			if key == "o:mobile" {
				p.HasMask, p.Mask, p.Token = false, "", nil
			}
		})}}
	case 2:
		live, err := state.Live("f:"+field, at)
		if err != nil || len(live) == 0 {
			return "edit", []changetest.Put{{Key: "f:" + field, Value: text}}
		}
		var ids []change.OpID
		for _, e := range live {
			ids = append(ids, e.ID)
		}
		return "resolve", []changetest.Put{{Key: "c:" + field, Value: change.Bytes(gate.EncodeSettled(ids))}}
	case 3:
		p := gate.Provenance{Batch: "b1", File: "a.xlsx", Sheet: "s", Row: r.Uint64N(99), Fields: []gate.ProvenanceField{{ID: field}}}
		return "import:b1", []changetest.Put{
			{Key: "f:" + field, Value: text}, {Key: "p:" + canon.Text16(s.W.Random16()), Value: change.Bytes(gate.EncodeProvenance(p))},
		}
	case 4:
		return "edit", []changetest.Put{{Key: "t:vip", Value: change.Bool(r.IntN(2) == 0)}, {Key: "k:" + canon.Text16(s.W.Random16()), Value: text}}
	case 5:
		return "merge:x", []changetest.Put{{Key: "d:" + canon.Text16(s.W.Random16()), Value: change.Bool(true)}}
	case 6:
		return "edit", []changetest.Put{{Key: "f:" + field, Value: change.Null()}}
	case 7:
		return "edit", []changetest.Put{{Key: "f:" + field, Value: text}, {Key: "f:" + field, Value: change.String("again")}, {Key: "s:stage", Value: text}}
	default:
		return "edit", []changetest.Put{{Key: "f:" + field, Value: text}, {Key: "s:consent.mobile", Value: text}}
	}
}
