package sheet

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tongce/app/quality"
	"tongce/app/schema"
)

// memStore is a PlanStore in memory that hands out copies, as one on disk does.
type memStore struct {
	m map[string][]byte
}

func newMemStore() *memStore { return &memStore{m: map[string][]byte{}} }

func (s *memStore) Put(_ context.Context, rs []Record) error {
	for _, r := range rs {
		if r.Value == nil {
			delete(s.m, string(r.Key))
			continue
		}
		s.m[string(r.Key)] = slices.Clone(r.Value)
	}
	return nil
}

func (s *memStore) Get(_ context.Context, keys [][]byte) ([][]byte, error) {
	out := make([][]byte, len(keys))
	for i, k := range keys {
		out[i] = s.m[string(k)]
	}
	return out, nil
}

func (s *memStore) Scan(_ context.Context, prefix []byte, fn func(k, v []byte) error) error {
	var keys []string
	for k := range s.m {
		if strings.HasPrefix(k, string(prefix)) {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	for _, k := range keys {
		if err := fn([]byte(k), s.m[k]); err != nil {
			return err
		}
	}
	return nil
}

// memBook is a book in memory: it answers Lookup and takes what a plan writes.
type memBook struct {
	all    map[string]map[string]string
	index  map[string][]string
	places map[string][]Place
	stood  map[Place][]string // who a row stands in
	names  map[memName][]string
	past   map[string][]memPast
}

type memName struct {
	sheet Place // of row 0
	name  string
}

type memPast struct {
	sheet Place // of row 0
	Past
}

func newMemBook() *memBook {
	return &memBook{
		all: map[string]map[string]string{}, index: map[string][]string{},
		places: map[string][]Place{}, stood: map[Place][]string{}, names: map[memName][]string{}, past: map[string][]memPast{},
	}
}

func bookKeys(f map[string]string) []string {
	var out []string
	for field, v := range f {
		switch field {
		case "name":
			v = quality.NameKey(v)
		case "uscc", "id_number", "mobile", "phone", "email":
		default:
			continue
		}
		for _, one := range quality.Split(v) {
			if one != "" {
				out = append(out, field+one)
			}
		}
	}
	return out
}

func (b *memBook) set(id string, f map[string]string) {
	if b.all[id] == nil {
		b.all[id] = map[string]string{}
	}
	for k, v := range f {
		b.all[id][k] = v
	}
	for _, k := range bookKeys(b.all[id]) {
		if !slices.Contains(b.index[k], id) {
			b.index[k] = append(b.index[k], id)
		}
	}
}

func (b *memBook) Match(_ context.Context, keys []Keys) ([][]string, error) {
	out := make([][]string, len(keys))
	for i, k := range keys {
		all := []string{"uscc" + k.USCC, "id_number" + k.IDNumber, "name" + k.Name}
		for f, vs := range map[string][]string{"mobile": k.Mobiles, "phone": k.Phones, "email": k.Emails} {
			for _, v := range vs {
				all = append(all, f+v)
			}
		}
		for _, x := range all {
			for _, id := range b.index[x] { // an index knows what is, not what was
				if slices.Contains(bookKeys(b.all[id]), x) {
					out[i] = append(out[i], id)
				}
			}
		}
		for _, x := range k.Places {
			out[i] = append(out[i], b.stood[x]...)
			x.Row = 0
			out[i] = append(out[i], b.names[memName{x, k.Name}]...)
		}
		slices.Sort(out[i])
		out[i] = slices.Compact(out[i])
	}
	return out, nil
}

func (b *memBook) Values(_ context.Context, ids []string) ([]Existing, error) {
	var out []Existing
	for _, id := range ids {
		if f := b.all[id]; f != nil {
			out = append(out, Existing{ID: id, Name: f["name"], Fields: f, Places: b.places[id]})
		}
	}
	return out, nil
}

// Past implements Lookup.
func (b *memBook) Past(_ context.Context, id string, sheet Place) ([]Past, error) {
	var out []Past
	for _, x := range b.past[id] {
		if x.sheet.sameSheet(sheet) {
			out = append(out, x.Past)
		}
	}
	return out, nil
}

// enter writes one customer of a plan and gives its id.
func (b *memBook) enter(p *Plan, e Entry) string {
	f := map[string]string{}
	for _, c := range e.Cells {
		if c.Changed {
			f[c.Field] = c.Value
		}
	}
	id := e.Into
	if id == "" {
		id = fmt.Sprintf("c%06d", len(b.all))
	}
	before := maps.Clone(b.all[id])
	b.set(id, f)
	if p.opt.Place == nil {
		return id
	}
	rows := map[Place][]int{}
	for _, o := range e.Rows {
		x := p.opt.Place(o.Sheet)
		rows[x] = append(rows[x], o.Number)
		x.Row = o.Number
		if !slices.Contains(b.places[id], x) {
			b.places[id] = append(b.places[id], x)
			b.stood[x] = append(b.stood[x], id)
		}
	}
	for x, n := range rows {
		then := memName{x, quality.NameKey(b.all[id]["name"])}
		b.names[then] = append(b.names[then], id)
		b.past[id] = append(b.past[id], memPast{x, Past{n, before}}, memPast{x, Past{n, maps.Clone(b.all[id])}})
	}
	return id
}

// write does what a workspace does with a plan.
func (b *memBook) write(tb testing.TB, p *Plan) {
	tb.Helper()
	err := p.Entries(tb.Context(), 0, func(e Entry) error {
		b.enter(p, e)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// feed inspects a file and plans its sheets of customers.
func feed(tb testing.TB, r *Reader, p *Plan, src Source) []*Mapping {
	tb.Helper()
	rep, err := r.Inspect(tb.Context(), src, nil)
	if err != nil {
		tb.Fatal(err)
	}
	var out []*Mapping
	for _, s := range rep.Sheets {
		if s.Guess != GuessCustomers {
			continue
		}
		m := Map(s, schema.Default(), nil)
		out = append(out, m)
		err := r.Rows(tb.Context(), src, s.Index, 0, 0, func(rows []Row) error { return p.AddRows(tb.Context(), m, rows) })
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := p.Finish(tb.Context(), nil); err != nil {
		tb.Fatal(err)
	}
	return out
}

func planOf(b *memBook) (*Plan, *memStore) {
	s := newMemStore()
	return NewPlan(s, b, schema.Default(), Options{}), s
}

// planFrom plans a file whose name counts, as a workspace does.
func planFrom(b *memBook, file string) *Plan {
	place := func(n int) Place { return Place{File: file, Sheet: fmt.Sprint(n)} }
	return NewPlan(newMemStore(), b, schema.Default(), Options{Place: place})
}

// csv makes a source of lines.
func csvSource(lines ...string) Source {
	return Source{Name: "t.csv", Bytes: []byte(strings.Join(lines, "\r\n") + "\r\n")}
}

// workbookOf builds an xlsx file.
func workbookOf(tb testing.TB, fn func(f *excelize.File)) Source {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fn(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return Source{Name: "t.xlsx", Bytes: b.Bytes()}
}

// shared finds a folder beside the repository, or skips.
func shared(tb testing.TB, env, name string) string {
	tb.Helper()
	for _, d := range []string{os.Getenv(env), filepath.Join("..", "..", "..", "shared", name)} {
		if d == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(d)); err == nil {
			return d
		}
	}
	tb.Skip(name + " is not here")
	return ""
}

// kit runs the accuracy kit.
func kit(tb testing.TB, args ...string) []byte {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), "go", append([]string{"run", "."}, args...)...)
	cmd.Dir = shared(tb, "TONGCE_ACCURACY", "accuracy")
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("accuracy kit %s: %v", args[0], err)
	}
	return out
}

func fileSource(dir, name string) Source { return Source{Name: name, Path: filepath.Join(dir, name)} }

func allRows(tb testing.TB, src Source, sheet int) []Row {
	tb.Helper()
	var out []Row
	err := testReader(tb).Rows(tb.Context(), src, sheet, 0, 0, func(r []Row) error { out = append(out, r...); return nil })
	if err != nil {
		tb.Fatalf("%s: %v", src.Name, err)
	}
	return out
}

func testReader(tb testing.TB) *Reader {
	tb.Helper()
	r, err := NewReader(DefaultLimits())
	if err != nil {
		tb.Fatal(err)
	}
	return r
}
