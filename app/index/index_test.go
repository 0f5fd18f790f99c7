package index_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tongce/app/index"
	"tongce/crdt/canon"

	"github.com/google/go-cmp/cmp"
)

var fields = []index.Field{
	{ID: "name"},
	{ID: "uscc"},
	{ID: "city", Kind: index.Choice},
	{ID: "owner", Kind: index.Choice},
	{ID: "mobile", Sealed: true},
	{ID: "contract_end", Kind: index.Date},
	{ID: "contract_amount", Kind: index.Amount},
	{ID: "contract_no"},
	{ID: "remark"},
}

func config() index.Config {
	return index.Config{Fields: fields, Key: [32]byte{1}, Lookup: [32]byte{2}}
}

func open(t *testing.T, dir string) *index.Index {
	t.Helper()
	x, aside, err := index.Open(t.Context(), dir, config())
	if err != nil {
		t.Fatal(err)
	}
	if aside != "" {
		t.Fatalf("set aside: %s", aside)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

func docID(n int) (id canon.DocID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

func customer(x *index.Index, n int, name string, values map[string]string) index.Customer {
	c := index.Customer{ID: docID(n), Created: int64(n), Changed: int64(1000 - n), Values: map[string]index.Value{"name": {Text: name}}}
	for k, v := range values {
		c.Values[k] = index.Value{Text: v}
	}
	if m := values["mobile"]; m != "" {
		c.Values["mobile"] = index.Value{Text: m[:3] + "****" + m[7:]}
		c.Keys = append(c.Keys, x.KeyOf(index.ByPhone, m), x.KeyOf(index.ByLast4, m[len(m)-4:]), x.KeyOf("mobile", m))
	}
	return c
}

func small(t *testing.T, x *index.Index) {
	t.Helper()
	people := []index.Customer{
		customer(x, 1, "张三", map[string]string{"mobile": "13812905678", "city": "杭州市", "contract_amount": "480000.00", "contract_end": "2026-12-31"}),
		customer(x, 2, "苏州恒锐精密机械有限公司", map[string]string{"city": "苏州市", "contract_amount": "92600.00", "uscc": "91320505MA1XK7QN2A"}),
		customer(x, 3, "阿里云计算有限公司", map[string]string{"city": "杭州市", "contract_end": "2025-01-01", "remark": "要求 含税"}),
		customer(x, 4, "李四", map[string]string{"mobile": "13957402210", "owner": "李强"}),
		customer(x, 5, "重庆长安汽车股份有限公司", map[string]string{"city": "重庆市", "contract_amount": "1000000.00"}),
	}
	people[1].Values["city"] = index.Value{Text: "苏州市", Others: 1, Flag: "address_short"}
	people[2].Batches = []string{"b1"}
	people[4].Deleted = true
	if err := x.Apply(t.Context(), 5, people, nil); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, x *index.Index, q index.Query) []string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	page, err := x.List(q)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, c := range page.Customers {
		out = append(out, string([]rune(c.Values["name"].Text)[:2]))
	}
	if page.Total != len(out) {
		t.Errorf("total: got %d with %d rows", page.Total, len(out))
	}
	return out
}

func TestListFiltersSortsAndSearches(t *testing.T) {
	t.Parallel()
	x := open(t, t.TempDir())
	small(t, x)
	is := func(field, op string, values ...string) []index.Filter {
		return []index.Filter{{Field: field, Op: op, Values: values}}
	}
	cases := map[string]struct {
		query index.Query
		want  []string
	}{
		"pinyin order, without the bin":   {index.Query{}, []string{"阿里", "李四", "苏州", "张三"}},
		"pinyin order turned":             {index.Query{Desc: true}, []string{"张三", "苏州", "李四", "阿里"}},
		"recycle bin":                     {index.Query{Deleted: true}, []string{"重庆"}},
		"amount, empty last":              {index.Query{Sort: "contract_amount"}, []string{"苏州", "张三", "阿里", "李四"}},
		"amount turned, empty still last": {index.Query{Sort: "contract_amount", Desc: true}, []string{"张三", "苏州", "阿里", "李四"}},
		"city, equal ones by name":        {index.Query{Sort: "city"}, []string{"阿里", "张三", "苏州", "李四"}},
		"by creation":                     {index.Query{Sort: index.ByCreated}, []string{"张三", "苏州", "阿里", "李四"}},
		"by change":                       {index.Query{Sort: index.ByChanged}, []string{"李四", "阿里", "苏州", "张三"}},
		"choice is":                       {index.Query{Filters: is("city", index.OpIs, "杭州市")}, []string{"阿里", "张三"}},
		"choice is one of two":            {index.Query{Filters: is("city", index.OpIs, "杭州市", "苏州市")}, []string{"阿里", "苏州", "张三"}},
		"choice is not, empty included":   {index.Query{Filters: is("city", index.OpNot, "杭州市")}, []string{"李四", "苏州"}},
		"empty":                           {index.Query{Filters: is("city", index.OpEmpty)}, []string{"李四"}},
		"filled":                          {index.Query{Filters: is("remark", index.OpFilled)}, []string{"阿里"}},
		"contains, blanks and case apart": {index.Query{Filters: is("remark", index.OpContains, "求含")}, []string{"阿里"}},
		"starts":                          {index.Query{Filters: is("uscc", index.OpStarts, "91320505ma")}, []string{"苏州"}},
		"before":                          {index.Query{Filters: is("contract_end", index.OpBefore, "2026-01-01")}, []string{"阿里"}},
		"after":                           {index.Query{Filters: is("contract_end", index.OpAfter, "2026-01-01")}, []string{"张三"}},
		"at least":                        {index.Query{Filters: is("contract_amount", index.OpMin, "92600")}, []string{"苏州", "张三"}},
		"at most":                         {index.Query{Filters: is("contract_amount", index.OpMax, "92600")}, []string{"苏州"}},
		"two conditions":                  {index.Query{Filters: append(is("city", index.OpIs, "杭州市"), is("contract_end", index.OpFilled)...), Text: "al"}, []string{"阿里"}},
		"conflict anywhere":               {index.Query{Filters: is(index.AnyField, index.OpConflict)}, []string{"苏州"}},
		"flag of a field":                 {index.Query{Filters: is("city", index.OpFlagged)}, []string{"苏州"}},
		"sealed value by its whole":       {index.Query{Filters: is("mobile", index.OpIs, "13812905678")}, []string{"张三"}},
		"last four":                       {index.Query{Filters: is("mobile", index.OpLast4, "2210")}, []string{"李四"}},
		"batch":                           {index.Query{Batch: "b1"}, []string{"阿里"}},
		"text by initials":                {index.Query{Text: "zs"}, []string{"张三"}},
		"text by pinyin":                  {index.Query{Text: "HengRui"}, []string{"苏州"}},
		"text by part of a name":          {index.Query{Text: "精密"}, []string{"苏州"}},
		"text by four digits":             {index.Query{Text: "5678"}, []string{"张三"}},
		"text by a number as written":     {index.Query{Text: "139 5740 2210"}, []string{"李四"}},
		"nothing":                         {index.Query{Text: "没有这家"}, []string{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, names(t, x, c.query)); diff != "" {
				t.Errorf("rows (-want +got): %s", diff)
			}
		})
	}
}

func TestUnknownFieldsAndSealedOrdersAreRefused(t *testing.T) {
	t.Parallel()
	x := open(t, t.TempDir())
	small(t, x)
	for name, q := range map[string]index.Query{
		"sort":            {Sort: "nope"},
		"sort by sealed":  {Sort: "mobile"},
		"filter":          {Filters: []index.Filter{{Field: "nope", Op: index.OpIs, Values: []string{"x"}}}},
		"operator":        {Filters: []index.Filter{{Field: "city", Op: "like", Values: []string{"x"}}}},
		"no value":        {Filters: []index.Filter{{Field: "city", Op: index.OpIs}}},
		"part of sealed":  {Filters: []index.Filter{{Field: "mobile", Op: index.OpContains, Values: []string{"138"}}}},
		"any field equal": {Filters: []index.Filter{{Field: index.AnyField, Op: index.OpIs, Values: []string{"x"}}}},
	} {
		if _, err := x.List(q); !errors.Is(err, index.ErrQuery) {
			t.Errorf("%s: got %v, want ErrQuery", name, err)
		}
	}
	if _, err := x.List(index.Query{Limit: 1}); err != nil { // the lock was given back
		t.Errorf("after the refusals: %v", err)
	}
}

func TestReopenShowsTheSame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := open(t, dir)
	small(t, x)
	if err := x.Apply(t.Context(), 6, nil, []canon.DocID{docID(3)}); err != nil {
		t.Fatal(err)
	}
	before := names(t, x, index.Query{})
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir)
	if diff := cmp.Diff(before, names(t, again, index.Query{})); diff != "" {
		t.Errorf("rows (-before +after): %s", diff)
	}
	if got, want := again.Applied(), uint64(6); got != want {
		t.Errorf("applied: got %d, want %d", got, want)
	}
	if got := again.Lookup(again.KeyOf(index.ByPhone, "13812905678")); !slices.Equal(got, []canon.DocID{docID(1)}) {
		t.Errorf("lookup: got %v", got)
	}
}

func TestDamagedOldOrForeignFileIsSetAside(t *testing.T) {
	t.Parallel()
	spoil := map[string]func(t *testing.T, path string, cfg *index.Config){
		"other key":    func(_ *testing.T, _ string, cfg *index.Config) { cfg.Key[0]++ },
		"other fields": func(_ *testing.T, _ string, cfg *index.Config) { cfg.Fields = cfg.Fields[:3] },
		"garbage": func(t *testing.T, path string, _ *index.Config) {
			t.Helper()
			write(t, path, []byte(strings.Repeat("x", 8192)))
		},
		"half a file": func(t *testing.T, path string, _ *index.Config) {
			t.Helper()
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			write(t, path, b[:len(b)/2])
		},
		"a page changed": func(t *testing.T, path string, _ *index.Config) {
			t.Helper()
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 4096; i < len(b); i++ {
				b[i] ^= 0x55
			}
			write(t, path, b)
		},
	}
	for name, do := range spoil {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, cfg := t.TempDir(), config()
			x := open(t, dir)
			small(t, x)
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			do(t, filepath.Join(dir, "index.db"), &cfg)
			again, aside, err := index.Open(t.Context(), dir, cfg)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = again.Close() })
			if aside == "" {
				t.Error("nothing was set aside")
			} else if _, err := os.Stat(filepath.Join(dir, aside)); err != nil {
				t.Errorf("the file set aside: %v", err)
			}
			if again.Applied() != 0 || again.Len() != 0 {
				t.Errorf("got %d customers at %d, want an empty index", again.Len(), again.Applied())
			}
			if err := again.Apply(t.Context(), 1, []index.Customer{customer(again, 9, "新的", nil)}, nil); err != nil {
				t.Errorf("use after: %v", err)
			}
		})
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestLO1_FileHoldsNoPlainText(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := open(t, dir)
	small(t, x)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "index.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"张三", "苏州", "138****5678", "91320505MA1XK7QN2A", "SQLite format"} {
		if strings.Contains(string(b), secret) {
			t.Errorf("the file holds %q", secret)
		}
	}
}

// A random sequence of puts and drops, with reopening, always lists what a
// plain map lists.
func TestIndexEqualsItsModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 7))
			dir := t.TempDir()
			x := open(t, dir)
			model := map[canon.DocID]string{}
			cities := []string{"", "杭州市", "苏州市", "宁波市"}
			for step := range 60 {
				var puts []index.Customer
				var drops []canon.DocID
				for range rng.IntN(6) {
					n := rng.IntN(25)
					city := cities[rng.IntN(len(cities))]
					puts = slices.DeleteFunc(puts, func(c index.Customer) bool { return c.ID == docID(n) })
					puts = append(puts, customer(x, n, fmt.Sprintf("客户%02d", rng.IntN(50)), map[string]string{"city": city}))
					model[docID(n)] = city
				}
				if rng.IntN(3) == 0 {
					id := docID(rng.IntN(25))
					if !slices.ContainsFunc(puts, func(c index.Customer) bool { return c.ID == id }) {
						drops = append(drops, id)
						delete(model, id)
					}
				}
				if err := x.Apply(t.Context(), uint64(step), puts, drops); err != nil {
					t.Fatal(err)
				}
				if rng.IntN(15) == 0 {
					if err := x.Close(); err != nil {
						t.Fatal(err)
					}
					x = open(t, dir)
				}
				checkModel(t, x, model, cities[1+rng.IntN(3)])
			}
		})
	}
}

func checkModel(t *testing.T, x *index.Index, model map[canon.DocID]string, city string) {
	t.Helper()
	want := 0
	for _, c := range model {
		if c == city {
			want++
		}
	}
	for _, sort := range []string{"name", "city", index.ByChanged} {
		page, err := x.List(index.Query{Limit: 100, Sort: sort, Filters: []index.Filter{{Field: "city", Op: index.OpIs, Values: []string{city}}}})
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != want || len(page.Customers) != want {
			t.Fatalf("sorted by %s: got %d, want %d", sort, page.Total, want)
		}
		all, err := x.IDs(index.Query{Sort: sort})
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(all, func(a, b canon.DocID) int { return slices.Compare(a[:], b[:]) })
		if len(slices.Compact(all)) != len(model) {
			t.Fatalf("sorted by %s: %d ids, want %d", sort, len(all), len(model))
		}
	}
}

func TestClosedIndexSaysSo(t *testing.T) {
	t.Parallel()
	x := open(t, t.TempDir())
	for range 2 {
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Apply(t.Context(), 1, nil, nil); !errors.Is(err, index.ErrClosed) {
		t.Errorf("apply: got %v", err)
	}
	if _, err := x.List(index.Query{}); !errors.Is(err, index.ErrClosed) {
		t.Errorf("list: got %v", err)
	}
}

func TestCancelledApplyLeavesEverything(t *testing.T) {
	t.Parallel()
	x := open(t, t.TempDir())
	small(t, x)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.Apply(ctx, 9, []index.Customer{customer(x, 9, "新的", nil)}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if x.Applied() != 5 || x.Len() != 5 {
		t.Errorf("got %d at %d, want 5 at 5", x.Len(), x.Applied())
	}
}
