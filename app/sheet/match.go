package sheet

import (
	"context"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"

	"tongce/app/quality"
	"tongce/app/schema"
)

// Keys are what a customer is looked up by; all canonical. Name is
// quality.NameKey of the name, Places are where the rows stand.
type Keys struct {
	USCC, IDNumber, Name    string
	Mobiles, Phones, Emails []string
	Places                  []Place
}

// Place is a row of a sheet of a file, as provenance names it.
type Place struct {
	File, Sheet string
	Row         int
}

func (p Place) sameSheet(o Place) bool { return p.File == o.File && p.Sheet == o.Sheet }

// Existing is a customer of the book: its present values in canonical form.
// Hidden names fields that have a value which the member may not read. Places
// are the rows that imports put into it.
type Existing struct {
	ID, Name string
	Fields   map[string]string
	Hidden   []string
	Places   []Place
}

// Past is what a customer was right before or right after an import of a sheet;
// Rows are those of the sheet that stood in it.
type Past struct {
	Rows   []int
	Fields map[string]string
}

// Lookup answers questions about the book, a batch at a time.
type Lookup interface {
	// Match gives for each Keys the ids of customers that share one of them.
	Match(ctx context.Context, keys []Keys) ([][]string, error)
	// Values gives the customers of the ids that still exist, in any order.
	Values(ctx context.Context, ids []string) ([]Existing, error)
	// Past gives what a customer was around each import of a sheet of a file; the
	// row of the place does not count.
	Past(ctx context.Context, id string, sheet Place) ([]Past, error)
}

// rowKeys are the keys of a row as hashes; 0 is none. full says that the name
// has its legal form.
type rowKeys struct {
	uscc, id, name, print uint64
	full                  bool
	numbers               []uint64 // mobile numbers and e-mail addresses: one person's
	phones                []uint64
}

func hash(kind byte, s string) uint64 {
	if s == "" {
		return 0
	}
	d := xxhash.New()
	_, _ = d.Write([]byte{kind})
	_, _ = d.WriteString(s)
	return d.Sum64() | 1
}

func (p *Plan) keysOf(cells []PlanCell) rowKeys {
	k := rowKeys{}
	print := make([]string, 0, len(cells))
	for _, c := range cells {
		print = append(print, c.Field+"="+c.Value)
		if c.Status == StatusWrong {
			continue
		}
		for _, v := range c.each() {
			k.add(c.Field, v)
		}
	}
	slices.Sort(print)
	k.print = hash('=', strings.Join(print, "\n"))
	return k
}

func (k *rowKeys) add(field, value string) {
	switch field {
	case "uscc":
		if quality.ValidUSCC(value) {
			k.uscc = hash('u', value)
		}
	case "id_number":
		if quality.ValidID(value) {
			k.id = hash('i', value)
		}
	case "name":
		k.name, k.full = hash('n', quality.NameKey(value)), fullName(value)
	case "mobile":
		k.numbers = append(k.numbers, hash('m', value))
	case "email":
		k.numbers = append(k.numbers, hash('e', value))
	case "phone":
		if len(value) >= 7 {
			k.phones = append(k.phones, hash('p', value))
		}
	}
}

// all gives every key under which a row stands in the index.
func (k *rowKeys) all() []uint64 {
	out := append([]uint64{k.uscc, k.id, k.name, k.print}, k.numbers...)
	return append(out, k.phones...)
}

type verdict uint8

const (
	different verdict = iota
	review
	same
)

func shares(a, b []uint64) bool {
	return slices.ContainsFunc(a, func(x uint64) bool { return slices.Contains(b, x) })
}

// contradicts is IM2: both have a valid code of one kind, and they differ.
func contradicts(a, b rowKeys) bool {
	return a.uscc != 0 && b.uscc != 0 && a.uscc != b.uscc || a.id != 0 && b.id != 0 && a.id != b.id
}

// judge says whether two sets of keys are one customer, and by which key.
func judge(a, b rowKeys) (verdict, string) {
	named := a.name != 0 && b.name != 0
	switch {
	case contradicts(a, b): // IM2
		return different, ""
	case a.uscc != 0 && a.uscc == b.uscc: // IM1
		return same, "uscc"
	case a.id != 0 && a.id == b.id: // IM3
		if named && a.name != b.name {
			return review, ""
		}
		return same, "id_number"
	case named && a.name == b.name:
		switch {
		case a.full: // IM4
			return same, "name"
		case shares(a.numbers, b.numbers), shares(a.phones, b.phones): // IM5
			return same, "name_phone"
		case a.print == b.print && a.print != 0: // IM6
			return same, "equal"
		}
		return different, ""
	case shares(a.numbers, b.numbers):
		if !named { // IM8
			return same, "phone"
		}
		return review, "" // IM7
	case named && shares(a.phones, b.phones):
		return review, "" // IM7
	}
	return different, ""
}

// maxBucket bounds how many rows with one key are compared: a switchboard in
// every row must not make planning quadratic.
const maxBucket = 64

// sameInFile finds the leader of an earlier row that is the same customer; -1
// for none. Rows led by self do not count.
func (p *Plan) sameInFile(k rowKeys, self int32) (leader int32, why string) {
	var seen []int32
	for _, h := range k.all() {
		if h == 0 {
			continue
		}
		bucket := p.index[h]
		for _, j := range bucket[:min(len(bucket), maxBucket)] {
			if slices.Contains(seen, j) {
				continue
			}
			seen = append(seen, j)
			l := p.rows[j].leader
			if l == self {
				continue
			}
			if v, w := judge(k, p.keys[j]); v == same && !p.against(l, k) {
				return l, w
			}
		}
	}
	return -1, ""
}

// against says that a row contradicts one of those already together.
func (p *Plan) against(leader int32, k rowKeys) bool {
	if contradicts(p.keys[leader], k) {
		return true
	}
	return slices.ContainsFunc(p.members[leader], func(j int32) bool { return contradicts(p.keys[j], k) })
}

func (p *Plan) setKeys(i int32, k rowKeys) {
	for _, h := range p.keys[i].all() {
		if h != 0 {
			p.index[h] = slices.DeleteFunc(p.index[h], func(j int32) bool { return j == i })
		}
	}
	p.keys[i] = k
	for _, h := range k.all() {
		if h != 0 && len(p.index[h]) < 4*maxBucket && !slices.Contains(p.index[h], i) {
			p.index[h] = append(p.index[h], i)
		}
	}
}

// suggest finds a value that would be right where only letters stand for
// digits.
func suggest(s *schema.Schema, c PlanCell) string {
	if c.Status == StatusLook && c.Value != c.Raw && c.Code != "several_numbers" {
		return c.Value
	}
	f, _ := s.Field(c.Field)
	switch f.Type {
	case schema.TypeMobile, schema.TypePhone, schema.TypeAccount, schema.TypeID, schema.TypeAmount, schema.TypeDate:
	default:
		return ""
	}
	t := strings.NewReplacer("O", "0", "o", "0", "Ｏ", "0", "〇", "0", "I", "1", "l", "1", "|", "1", "Z", "2", "S", "5", "B", "8").Replace(c.Value)
	if t == c.Value {
		return ""
	}
	if r := s.Parse(c.Field, t); r.Status <= quality.Fixed {
		return r.Value
	}
	return ""
}
