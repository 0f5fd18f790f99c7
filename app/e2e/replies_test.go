package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// The objects of tongcectl that tests read; grammar_test.go checks their keys.

type row struct {
	ID     string            `json:"id"`
	Fields map[string]string `json:"fields"`
}

type listing struct {
	Total     int   `json:"total"`
	Customers []row `json:"customers"`
}

type side struct {
	Value, Member, Department, Device, At string
}

type card struct {
	ID        string            `json:"id"`
	Fields    map[string]string `json:"fields"`
	Conflicts map[string][]side `json:"conflicts"`
	Flags     map[string]string `json:"flags"`
	Hash      string            `json:"hash"`
}

type entry struct {
	Field, Value, Before, Member, Department, Device, At, Cause string
	Source                                                      *struct {
		File, Sheet string
		Row         int
	}
}

type counts struct {
	Batch                                     string
	New, Updated, Same, Merged, Review, Wrong int
}

type undone struct {
	Batch                   string
	Removed, Restored, Kept int
	Rows                    []struct{ ID, Why, Field, Member, Department string }
}

type exchanged struct {
	Sent, Received, Pending, Rejected, Conflicts int
	Seconds                                      float64
}

func (d *desk) list(t *testing.T, args ...string) (v listing) {
	t.Helper()
	d.ok(t, &v, append([]string{"list", "--limit", "100000"}, args...)...)
	return v
}

func (d *desk) show(t *testing.T, id string) (v card) {
	t.Helper()
	d.ok(t, &v, "show", id)
	return v
}

func (d *desk) set(t *testing.T, id string, pairs ...string) (v card) {
	t.Helper()
	d.ok(t, &v, append([]string{"set", id}, pairs...)...)
	return v
}

func (d *desk) create(t *testing.T, pairs ...string) (v card) {
	t.Helper()
	d.ok(t, &v, append([]string{"new"}, pairs...)...)
	return v
}

func (d *desk) imports(t *testing.T, args ...string) (v counts) {
	t.Helper()
	d.ok(t, &v, append([]string{"import"}, args...)...)
	return v
}

func (d *desk) history(t *testing.T, args ...string) []entry {
	t.Helper()
	var v struct{ Entries []entry }
	d.ok(t, &v, append([]string{"history"}, args...)...)
	return v.Entries
}

func (d *desk) sync(t *testing.T) (v exchanged) {
	t.Helper()
	d.ok(t, &v, "sync", "--once")
	return v
}

// export gives the bytes that an export wrote.
func (d *desk) export(t *testing.T, format string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out."+format)
	d.ok(t, nil, "export", "--format", format, "--out", out)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// find gives the one customer of a name.
func (d *desk) find(t *testing.T, name string) string {
	t.Helper()
	v := d.list(t, "--where", "name="+name)
	if v.Total != 1 || len(v.Customers) != 1 {
		t.Fatalf("customers of one name: got %d, want 1", v.Total)
	}
	return v.Customers[0].ID
}
