package sheet

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"tongce/app/schema"
)

var wideTitles = []string{
	"客户名称", "统一社会信用代码", "联系人", "手机", "固定电话", "邮箱", "省", "市", "区", "详细地址",
	"行业", "客户等级", "客户来源", "负责人", "所属部门", "合同编号", "合同到期日", "合同金额", "开户行", "备注",
}

// wideRow makes a row of 20 columns with a company of its own.
func wideRow(i int) []string {
	n := strconv.Itoa(100000 + i)
	return []string{
		"杭州恒锐" + n + "精密机械有限公司", "", "王建" + string(rune('一'+i%500)), "138" + fmt.Sprintf("%08d", i), "0571-8" + fmt.Sprintf("%07d", i),
		"a" + n + "@example.com", "浙江省", "杭州市", "西湖区", "中山路" + n + "号", "机械制造", "重点", "展会", "李明", "销售一部",
		"HT-2024-" + n[:5], "2026-03-0" + strconv.Itoa(1+i%9), n + ".00", "中国工商银行杭州西湖支行", "要求含税",
	}
}

func wideLines(n int) Lines {
	return func(yield func([]string, error) bool) {
		for i := range n {
			if !yield(wideRow(i), nil) {
				return
			}
		}
	}
}

func wideFile(tb testing.TB, n int) Source {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "wide.xlsx")
	var columns []OutColumn
	for _, h := range wideTitles {
		columns = append(columns, OutColumn{Title: h})
	}
	columns[16].Kind, columns[17].Kind = OutDate, OutNumber
	err := WriteFile(path, func(w io.Writer) error { return WriteXLSX(tb.Context(), w, "客户", columns, wideLines(n)) })
	if err != nil {
		tb.Fatal(err)
	}
	return Source{Name: "wide.xlsx", Path: path}
}

// lightBook finds nothing and costs nothing; what is measured is the package.
type lightBook struct{ asked int }

func (b *lightBook) Match(_ context.Context, k []Keys) ([][]string, error) {
	b.asked += len(k)
	return make([][]string, len(k)), nil
}
func (b *lightBook) Values(context.Context, []string) ([]Existing, error) { return nil, nil }

func (b *lightBook) Past(context.Context, string, Place) ([]Past, error) { return nil, nil }

// diskStore keeps rows in one file, so that the memory measured is the plan's.
type diskStore struct {
	f   *os.File
	end int64
	at  map[string][2]int64
}

func (d *diskStore) Put(_ context.Context, rs []Record) error {
	for _, r := range rs {
		n, err := d.f.WriteAt(r.Value, d.end)
		if err != nil {
			return err
		}
		d.at[string(r.Key)] = [2]int64{d.end, int64(n)}
		d.end += int64(n)
	}
	return nil
}

func (d *diskStore) Get(_ context.Context, keys [][]byte) ([][]byte, error) {
	out := make([][]byte, len(keys))
	for i, k := range keys {
		if p, ok := d.at[string(k)]; ok {
			out[i] = make([]byte, p[1])
			if _, err := d.f.ReadAt(out[i], p[0]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (d *diskStore) Scan(context.Context, []byte, func(k, v []byte) error) error { return nil }

func heap() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// TestWideImport prints what 100,000 rows of 20 columns cost (10,000 unless
// TONGCE_LONG is set), and holds the bounds.
func TestWideImport(t *testing.T) {
	n := 10_000
	if os.Getenv("TONGCE_LONG") != "" {
		n = 100_000
	}
	start := time.Now()
	lap := func(what string) {
		d := time.Since(start)
		t.Logf("%s: %v (%.0f rows/s)", what, d.Round(time.Millisecond), float64(n)/d.Seconds())
		start = time.Now()
	}
	src := wideFile(t, n)
	st, _ := os.Stat(src.Path)
	lap(fmt.Sprintf("write xlsx of %d MB", st.Size()>>20))
	r := testReader(t)
	var peak atomic.Int64
	r.peak = func(b int64) { peak.Store(max(b, peak.Load())) }
	rep, err := r.Inspect(t.Context(), src, nil)
	if err != nil {
		t.Fatal(err)
	}
	lap("inspect")
	if s := rep.Sheets[0]; s.DataRows != n || s.Guess != GuessCustomers {
		t.Errorf("%d data rows, %s", s.DataRows, s.Guess)
	}
	count := 0
	if err := r.Rows(t.Context(), src, 0, 0, 0, func(rows []Row) error { count += len(rows); return nil }); err != nil {
		t.Fatal(err)
	}
	lap("rows")
	f, err := os.Create(filepath.Join(t.TempDir(), "rows"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before := heap()
	store := &diskStore{f: f, at: map[string][2]int64{}}
	b := &lightBook{}
	p := NewPlan(store, b, schema.Default(), Options{})
	m := Map(rep.Sheets[0], schema.Default(), nil)
	start = time.Now()
	if err := r.Rows(t.Context(), src, 0, 0, 0, func(rows []Row) error { return p.AddRows(t.Context(), m, rows) }); err != nil {
		t.Fatal(err)
	}
	lap("read and parse")
	if err := p.Finish(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	lap("match")
	after := heap()
	t.Logf("%+v, asked for %d; heap of plan %.0f MB (with the test's index of rows), child %d MB", p.Counts(), b.asked, after-before, peak.Load()>>20)
	if c := p.Counts(); c.New != n {
		t.Errorf("%d new, want %d", c.New, n)
	}
	if after-before > 200 {
		t.Errorf("plan holds %.0f MB", after-before)
	}
	start = time.Now()
	if _, total, err := p.Page(t.Context(), Query{Kind: "new", Offset: n - 50, Limit: 50}); err != nil || total != n {
		t.Errorf("page: %d, %v", total, err)
	}
	lap("last page")
	runtime.KeepAlive(p)
}
