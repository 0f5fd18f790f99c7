package sheet

import (
	"os"
	"path/filepath"
	"testing"

	"tongce/app/schema"
)

func testReader(t testing.TB) *Reader {
	t.Helper()
	r, err := NewReader(DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestProbe(t *testing.T) {
	dir := os.Getenv("PROBE")
	if dir == "" {
		t.Skip()
	}
	fs, _ := os.ReadDir(dir)
	for _, f := range fs {
		rep, err := testReader(t).Inspect(t.Context(), Source{Name: f.Name(), Path: filepath.Join(dir, f.Name())}, nil)
		if err != nil {
			t.Logf("%s: %v", f.Name(), err)
			continue
		}
		for _, s := range rep.Sheets {
			t.Logf("%s [%s] %s %q guess %s header %v data %d rows %d last %d", f.Name(), s.Name, rep.Encoding, rep.Separator, s.Guess, s.Header, s.DataRows, s.Rows, s.LastRow)
			m := Map(s, schema.Default(), nil)
			for _, c := range m.Columns {
				t.Logf("    %s %q -> %s (%s) look=%v %q hidden=%v opts=%d", c.Letter(), c.Header, c.Key, c.Reason, c.Look, c.Written, c.Hidden, len(c.Options))
			}
		}
	}
}
