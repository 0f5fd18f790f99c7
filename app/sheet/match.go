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
// has its legal form. contact, place and account are no keys: they only speak
// for or against a name (IM4).
type rowKeys struct {
	uscc, id, name, print   uint64
	full                    bool
	mobiles, emails, phones []uint64
	contact, place, account uint64
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
		if c.Field == "contact" && c.Code == codeSurname { // 张总 may be anybody of the name
			continue
		}
		if c.Kept && c.Status == StatusTidied { // as it was typed is no other number
			c.Value = p.schema.Parse(c.Field, c.Raw).Value
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
		k.mobiles = append(k.mobiles, hash('m', value))
	case "email":
		k.emails = append(k.emails, hash('e', value))
	case "phone":
		if len(value) >= 7 {
			k.phones = append(k.phones, hash('p', value))
		}
	case "contact":
		k.contact = hash('c', value)
	case "address":
		k.place = hash('a', strings.Join(strings.Fields(value), ""))
	case "bank_account":
		k.account = hash('b', value)
	}
}

// all gives every key under which a row stands in the index.
func (k *rowKeys) all() []uint64 {
	return slices.Concat([]uint64{k.uscc, k.id, k.name, k.print}, k.mobiles, k.emails, k.phones)
}

// verdict is what two sets of keys say about each other; of several rows of one
// customer the greatest counts.
type verdict uint8

const (
	different verdict = iota
	named             // the same full name, and next to nothing to compare: same where no other row speaks against it
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

// compared counts in which ways of knowing a customer two rows agree, and in
// which they differ: the person to talk to (who comes with a mobile number, and
// may have been followed by another), landlines, e-mail addresses, the street,
// the bank account. What only one of them has says nothing.
func compared(a, b rowKeys) (agree, differ int) {
	count := func(equal, apart bool) {
		switch {
		case equal:
			agree++
		case apart:
			differ++
		}
	}
	apart := func(x, y []uint64) bool { return len(x) > 0 && len(y) > 0 && !shares(x, y) }
	other := func(x, y uint64) bool { return x != 0 && y != 0 && x != y }
	equal := func(x, y uint64) bool { return x != 0 && x == y }
	count(equal(a.contact, b.contact), other(a.contact, b.contact))
	count(shares(a.mobiles, b.mobiles) || shares(a.phones, b.phones), apart(a.mobiles, b.mobiles) || apart(a.phones, b.phones))
	count(shares(a.emails, b.emails), apart(a.emails, b.emails))
	count(equal(a.place, b.place), other(a.place, b.place))
	count(equal(a.account, b.account), other(a.account, b.account))
	return agree, differ
}

// How many ways of knowing a customer have to differ, with none that agrees, for
// two full names to be looked at (IM4): a row of the same file would be lost in
// the other one, what the book has is shown beside what it becomes.
const (
	apartInFile = 2
	apartInBook = 3
)

// judge says whether two sets of keys are one customer, and by which key.
func judge(a, b rowKeys, apart int) (verdict, string) {
	both := a.name != 0 && b.name != 0
	personal := shares(a.mobiles, b.mobiles) || shares(a.emails, b.emails)
	switch {
	case contradicts(a, b): // IM2
		return different, ""
	case a.uscc != 0 && a.uscc == b.uscc: // IM1
		return same, "uscc"
	case a.id != 0 && a.id == b.id: // IM3
		if both && a.name != b.name {
			return review, ""
		}
		return same, "id_number"
	case both && a.name == b.name:
		return judgeNamed(a, b, apart)
	case personal:
		if !both { // IM8
			return same, "phone"
		}
		return review, "" // IM7
	case both && shares(a.phones, b.phones):
		return review, "" // IM7
	}
	return different, ""
}

// judgeNamed is judge for two that have one name.
func judgeNamed(a, b rowKeys, apart int) (verdict, string) {
	switch {
	case a.print == b.print && a.print != 0: // IM6
		if a.full {
			return same, "name"
		}
		return same, "equal"
	case a.full: // IM4
		switch agree, differ := compared(a, b); {
		case agree > 0:
			return same, "name"
		case differ >= apart:
			return review, ""
		}
		return named, "name"
	case shares(a.mobiles, b.mobiles), shares(a.emails, b.emails), shares(a.phones, b.phones): // IM5
		return same, "name_phone"
	}
	return different, ""
}

// maxBucket bounds how many rows with one key are compared: a switchboard in
// every row must not make planning quadratic.
const maxBucket = 64

// kin is what the rows of another customer of the file say about a row.
type kin struct {
	leader  int32
	verdict verdict
	why     string
}

// kinOf compares a row with the earlier and later rows that share a key with
// it, and sums up by customer, in the order in which they are met. Rows led by
// self do not count.
func (p *Plan) kinOf(k rowKeys, self int32) []kin {
	var out []kin
	var seen []int32
	for _, h := range k.all() {
		if h == 0 {
			continue
		}
		bucket := p.index[h]
		for _, j := range bucket[:min(len(bucket), maxBucket)] {
			l := p.rows[j].leader
			if l == self || slices.Contains(seen, j) {
				continue
			}
			seen = append(seen, j)
			v, why := judge(k, p.keys[j], apartInFile)
			if v == different {
				continue
			}
			i := slices.IndexFunc(out, func(x kin) bool { return x.leader == l })
			switch {
			case i < 0:
				out = append(out, kin{l, v, why})
			case v > out[i].verdict:
				out[i].verdict, out[i].why = v, why
			}
		}
	}
	return out
}

// sameInFile finds the leader of an earlier row that is the same customer; -1
// for none. A name alone leads to a customer that no other row of it speaks
// against (IM4), and only where nothing surer leads elsewhere.
func (p *Plan) sameInFile(k rowKeys, self int32) (leader int32, why string) {
	all := p.kinOf(k, self)
	for _, sure := range []verdict{same, named} {
		for _, x := range all {
			if x.verdict == sure && !p.against(x.leader, k) {
				return x.leader, x.why
			}
		}
	}
	return -1, ""
}

// maxReview is how many others a row is shown beside.
const maxReview = 5

// beside are the other customers of the file that a group has to be looked at
// with (IM4, IM7): their leading rows.
func (p *Plan) beside(g *group) []int {
	var out []int
	for _, x := range p.kinOf(g.keys, int32(g.lead.Index)) {
		if x.verdict == review && len(out) < maxReview {
			out = append(out, int(x.leader))
		}
	}
	slices.Sort(out)
	return out
}

// partners are the customers of the file that a fix has put beside a group or
// taken from its side: they are decided anew too. Finish comes to all by itself.
func (p *Plan) partners(was, now []int) (out []int32) {
	if !p.fixing {
		return nil
	}
	for _, i := range slices.Concat(was, now) {
		if l := p.rows[i].leader; slices.Contains(was, i) != slices.Contains(now, i) && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
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
