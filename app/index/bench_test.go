package index_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"tongce/app/index"
)

// filled makes an index of n invented customers with all fields in use.
func filled(tb testing.TB, dir string, n int) *index.Index {
	tb.Helper()
	x, _, err := index.Open(tb.Context(), dir, config())
	if err != nil {
		tb.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	syllables := []rune("恒锐海沃云栖锡山中岳嘉和江北皖能越光永丰南湖瓯越泰州彭城启东德清华东精密泵业纺织阀门电气轴承模具自动化热力")
	cities := []string{"杭州市", "苏州市", "宁波市", "南京市", "合肥市", "上海市", "无锡市"}
	for from := 0; from < n; from += 2000 {
		batch := make([]index.Customer, 0, 2000)
		for i := from; i < min(from+2000, n); i++ {
			name := make([]rune, 4)
			for j := range name {
				name[j] = syllables[rng.IntN(len(syllables))]
			}
			batch = append(batch, customer(x, i, string(name)+"科技有限公司", map[string]string{
				"city": cities[rng.IntN(len(cities))], "owner": "李强", "mobile": fmt.Sprintf("138%08d", i),
				"contract_amount": fmt.Sprintf("%d.00", rng.IntN(1_000_000)), "contract_end": "2026-12-31",
				"uscc": fmt.Sprintf("91320505MA%08d", i), "remark": "要求含税，交期 45 天",
			}))
		}
		if err := x.Apply(tb.Context(), uint64(from), batch, nil); err != nil {
			tb.Fatal(err)
		}
	}
	return x
}

func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		x := filled(b, b.TempDir(), 100_000)
		if err := x.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	if err := filled(b, dir, 100_000).Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		x, _, err := index.Open(b.Context(), dir, config())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := x.List(index.Query{Limit: 200}); err != nil {
			b.Fatal(err)
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "heapMB")
		if err := x.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkQueries(b *testing.B) {
	x := filled(b, b.TempDir(), 100_000)
	defer func() { _ = x.Close() }()
	is := func(field, op string, v ...string) []index.Filter {
		return []index.Filter{{Field: field, Op: op, Values: v}}
	}
	queries := map[string]index.Query{
		"page":            {Limit: 200},
		"deep page":       {Limit: 200, Offset: 90_000},
		"sort by amount":  {Limit: 200, Sort: "contract_amount", Desc: true},
		"choice":          {Limit: 200, Filters: is("city", index.OpIs, "杭州市")},
		"contains":        {Limit: 200, Filters: is("remark", index.OpContains, "交期")},
		"two and a text":  {Limit: 200, Text: "hr", Filters: append(is("city", index.OpIs, "杭州市"), is("contract_amount", index.OpMin, "500000")...)},
		"text, no result": {Limit: 200, Text: "没有这家"},
	}
	for name, q := range queries {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				if _, err := x.List(q); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95ms")
		})
	}
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			x.Search("jm", 20)
		}
	})
	b.Run("page after a change", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i++
			if err := x.Apply(b.Context(), uint64(i), []index.Customer{customer(x, i, "新名字", nil)}, nil); err != nil {
				b.Fatal(err)
			}
			if _, err := x.List(index.Query{Limit: 200}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
