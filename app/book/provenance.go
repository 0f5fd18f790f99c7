package book

import (
	"cmp"
	"slices"
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/gate"
)

// Source is the cell of a file that a value came from.
type Source struct {
	Batch, File, Sheet string
	Row                uint64
	Flag               string
}

// Standing is a row of a file that stands in a customer, and the name that the
// customer had right after the import.
type Standing struct {
	Source
	Name string
}

// record is what an import noted in a document about one row of a file: that
// it stands in this customer, and the fields that it gave (PO6; none where it
// changed nothing).
type record struct {
	gate.Provenance
	change canon.Hash
}

// provenance are the document's import records in the order of their keys. One
// change has several where rows of a file were put together.
func (p *page) provenance() []record {
	var out []record
	for _, k := range p.v.Keys() {
		if !strings.HasPrefix(k, "p:") {
			continue
		}
		for _, e := range p.v.All(k) {
			prov, ok := gate.DecodeProvenance(e.Value.Bytes())
			if w, known := p.v.Writer(e.ID); ok && known {
				out = append(out, record{Provenance: prov, change: w.Hash})
			}
		}
	}
	return out
}

func (r *record) source() Source {
	return Source{Batch: r.Batch, File: r.File, Sheet: r.Sheet, Row: r.Row}
}

// of is the source of a field, with its remark; ok is false where the row did
// not give it.
func (r *record) of(field string) (Source, bool) {
	i := slices.IndexFunc(r.Fields, func(f gate.ProvenanceField) bool { return f.ID == field })
	if i < 0 {
		return Source{}, false
	}
	s := r.source()
	if flag := r.Fields[i].Flag; flag != nil {
		s.Flag = *flag
	}
	return s, true
}

// sourceIn is the row from which a change took a field.
func sourceIn(all []record, change canon.Hash, field string) *Source {
	for i := range all {
		if s, ok := all[i].of(field); ok && all[i].change == change {
			return &s
		}
	}
	return nil
}

// rowOf is the row that a change is named after: of several the first in its
// file.
func rowOf(all []record, is func(*record) bool) *Source {
	var out *Source
	for i := range all {
		if !is(&all[i]) {
			continue
		}
		if s := all[i].source(); out == nil || before(s, *out) < 0 {
			out = &s
		}
	}
	return out
}

func before(a, b Source) int {
	return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row))
}

// Sources tells which of the live values came from a file: for each field the
// row that its leading value was imported from.
func (b *Book) Sources(doc canon.DocID) (map[string]Source, error) {
	p, err := b.open(doc)
	if err != nil {
		return nil, err
	}
	out := map[string]Source{}
	all := p.provenance()
	for i := range all {
		for _, f := range all[i].Fields {
			if lead, ok := p.lead(f.ID); ok && lead == all[i].change {
				out[f.ID], _ = all[i].of(f.ID)
			}
		}
	}
	return out, nil
}

// lead is the change that wrote a field's leading value.
func (p *page) lead(field string) (canon.Hash, bool) {
	all := p.v.All(key(field))
	if len(all) == 0 {
		return canon.Hash{}, false
	}
	w, ok := p.v.Writer(all[len(all)-1].ID)
	return w.Hash, ok
}

// nameAfter is the leading name right after a change.
func (p *page) nameAfter(change canon.Hash) string {
	v, err := p.b.Repo.ReadAt(p.doc, []canon.Hash{change})
	if err != nil {
		return ""
	}
	name, ok := v.Get(key("name"))
	if !ok || name.IsNull() {
		return ""
	}
	return name.Str()
}

// Around is what a customer was right before and right after an import of rows
// of one sheet. Before is nil where the import made it.
type Around struct {
	Rows          []uint64
	Before, After map[string]string
}

// Imported gives what a customer was around each import of a sheet, oldest
// first. The caller keeps none of it in the clear.
func (b *Book) Imported(doc canon.DocID, file, sheet string) ([]Around, error) {
	p, err := b.open(doc)
	if err != nil {
		return nil, err
	}
	rows := map[canon.Hash][]uint64{}
	for _, r := range p.provenance() {
		if r.File == file && r.Sheet == sheet {
			rows[r.change] = append(rows[r.change], r.Row)
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	entries, err := b.Repo.History(doc)
	if err != nil {
		return nil, err
	}
	var out []Around
	for _, e := range entries {
		if rows[e.Hash] == nil {
			continue
		}
		a := Around{Rows: rows[e.Hash]}
		if a.After, err = b.plainAt(doc, []canon.Hash{e.Hash}); err != nil {
			return nil, err
		}
		if len(e.Deps) > 0 {
			if a.Before, err = b.plainAt(doc, e.Deps); err != nil {
				return nil, err
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// plainAt are the leading values as they stood at a point, as far as they can
// be read here.
func (b *Book) plainAt(doc canon.DocID, at []canon.Hash) (map[string]string, error) {
	v, err := b.Repo.ReadAt(doc, at)
	if err != nil {
		return nil, err
	}
	p, err := b.pageOf(v)
	if err != nil {
		return nil, err
	}
	fields, _ := p.plain()
	return fields, nil
}
