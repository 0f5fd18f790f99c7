package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

const (
	ctPart   = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`
	relsPart = `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookPart = `<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`
	bookRels = `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>`
)

// crafted packs a workbook of one sheet; write gives the parts.
func crafted(tb testing.TB, parts map[string]func(w io.Writer)) Source {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for name, text := range map[string]string{"[Content_Types].xml": ctPart, "_rels/.rels": relsPart, "xl/workbook.xml": bookPart, "xl/_rels/workbook.xml.rels": bookRels} {
		w, _ := z.Create(name)
		io.WriteString(w, text)
	}
	for name, fn := range parts {
		w, _ := z.Create(name)
		fn(w)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return Source{Name: "crafted.xlsx", Bytes: b.Bytes()}
}

func sheetOf(fn func(w io.Writer)) map[string]func(w io.Writer) {
	return map[string]func(w io.Writer){"xl/worksheets/sheet1.xml": fn}
}

func say(s string) func(w io.Writer) { return func(w io.Writer) { io.WriteString(w, s) } }

func repeat(w io.Writer, s string, n int) {
	chunk := strings.Repeat(s, 1000)
	for ; n >= 1000; n -= 1000 {
		io.WriteString(w, chunk)
	}
	io.WriteString(w, strings.Repeat(s, n))
}

// TestHostileFiles: no file takes more than 1 GB or 10 s, each gets a reason
// or is read, and nothing is left on disk.
func TestHostileFiles(t *testing.T) {
	measured(t)
	t.Parallel()
	good := workbookOf(t, func(f *excelize.File) {
		for i := 1; i < 200; i++ {
			f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i), &[]any{"客户名称", "电话", i})
		}
	})
	lie := crafted(t, sheetOf(func(w io.Writer) { repeat(w, "<row><c><v>1</v></c></row>", 20_000_000) }))
	for at := 0; ; { // the directory says that every part is small
		i := bytes.Index(lie.Bytes[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i + 4
		if binary.LittleEndian.Uint32(lie.Bytes[at+20:]) > 1<<20 {
			binary.LittleEndian.PutUint32(lie.Bytes[at+20:], 1<<20)
		}
	}
	for name, c := range map[string]struct {
		src  Source
		want []Reason // one of them, or none for a file that is read
	}{
		"half a zip":        {Source{Bytes: good.Bytes[:len(good.Bytes)/2]}, []Reason{ReasonDamaged}},
		"no parts":          {Source{Bytes: []byte("PK\x05\x06" + strings.Repeat("\x00", 18))}, []Reason{ReasonNotTable, ReasonDamaged}},
		"bomb of 1 GB":      {crafted(t, sheetOf(func(w io.Writer) { repeat(w, strings.Repeat(" ", 1000), 1<<20) })), []Reason{ReasonUnpacked}},
		"a directory lies":  {lie, []Reason{ReasonDamaged}},
		"row index":         {crafted(t, sheetOf(say(`<sheetData><row r="999999999999"><c r="A1"><v>1</v></c></row></sheetData>`))), []Reason{ReasonDamaged}},
		"column index":      {crafted(t, sheetOf(say(`<sheetData><row r="1"><c r="ZZZZZZ1"><v>1</v></c></row></sheetData>`))), []Reason{ReasonDamaged}},
		"a far column":      {crafted(t, sheetOf(say(`<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>`))), []Reason{ReasonTooWide}},
		"1e6 columns":       {crafted(t, sheetOf(func(w io.Writer) { io.WriteString(w, "<sheetData><row>"); repeat(w, "<c><v>1</v></c>", 1_000_000) })), []Reason{ReasonTooWide}},
		"deep":              {crafted(t, sheetOf(func(w io.Writer) { repeat(w, "<a>", 50_000_000) })), nil},
		"entities":          {crafted(t, sheetOf(say(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData>`))), []Reason{ReasonDamaged}},
		"endless attribute": {crafted(t, sheetOf(func(w io.Writer) { io.WriteString(w, `<row r="`); repeat(w, "1", 200_000_000) })), []Reason{ReasonDamaged}},
		"endless cell":      {crafted(t, sheetOf(func(w io.Writer) { io.WriteString(w, `<row><c t="str"><v>`); repeat(w, "x", 200_000_000) })), []Reason{ReasonDamaged}},
		"empty rows":        {crafted(t, sheetOf(func(w io.Writer) { repeat(w, "<row/>", 30_000_000) })), []Reason{ReasonDamaged}},
		"no such string":    {crafted(t, sheetOf(say(`<row><c t="s"><v>7</v></c></row>`))), []Reason{ReasonDamaged}},
		"many strings": {crafted(t, map[string]func(w io.Writer){
			"xl/worksheets/sheet1.xml": say(`<row><c t="s"><v>7</v></c></row>`),
			"xl/sharedStrings.xml":     func(w io.Writer) { repeat(w, "<si/>", 40_000_000) },
		}), []Reason{ReasonUnpacked}},
		"many styles": {crafted(t, map[string]func(w io.Writer){
			"xl/worksheets/sheet1.xml": say(`<row><c><v>7</v></c></row>`),
			"xl/styles.xml":            func(w io.Writer) { io.WriteString(w, "<cellXfs>"); repeat(w, "<xf/>", 40_000_000) },
		}), []Reason{ReasonDamaged}},
		"merged everything": {crafted(t, sheetOf(func(w io.Writer) {
			io.WriteString(w, `<sheetData>`)
			for i := 1; i < 30_000; i++ {
				fmt.Fprintf(w, `<row r="%d"><c r="A%d"><v>1</v></c></row>`, i, i)
			}
			io.WriteString(w, `</sheetData><mergeCells>`)
			for i := range 900 {
				fmt.Fprintf(w, `<mergeCell ref="%s1:%s1048576"/>`, columnName(i), columnName(i))
			}
			repeat(w, `<mergeCell ref="A1:XFD1048576"/>`, 100_000)
			io.WriteString(w, `</mergeCells>`)
		})), nil},
		"too many merges":     {crafted(t, sheetOf(func(w io.Writer) { repeat(w, `<mergeCell ref="A1:XFD1048576"/>`, 1_000_000) })), []Reason{ReasonDamaged}},
		"formula bomb":        {crafted(t, sheetOf(func(w io.Writer) { repeat(w, `<row><c><f>SUM(A:XFD)*A1</f></c></row>`, 500_000) })), nil},
		"NUL bytes":           {Source{Bytes: bytes.Repeat([]byte{0, 1, 2, 3}, 1000)}, []Reason{ReasonNotTable}},
		"a NUL in a cell":     {csvSource("客户名称,电话", "甲\x00公司,1", "乙公司,2"), nil},
		"endless line":        {Source{Bytes: bytes.Repeat([]byte("x"), 150<<20)}, []Reason{ReasonLongRow}},
		"endless quote":       {Source{Bytes: append([]byte("a,b\n\""), bytes.Repeat([]byte("x,y\n"), 700_000)...)}, nil},
		"quotes only":         {Source{Bytes: bytes.Repeat([]byte("\""), 40<<20)}, []Reason{ReasonLongRow}},
		"commas only":         {Source{Bytes: bytes.Repeat([]byte(","), 40<<20)}, []Reason{ReasonTooWide}},
		"text of 1e6 columns": {Source{Bytes: append(bytes.Repeat([]byte("a,"), 1_000_000), '\n')}, []Reason{ReasonTooWide}},
		"too large":           {Source{Bytes: bytes.Repeat([]byte("a,b\n"), 51<<20)}, []Reason{ReasonTooBig}},
		"nothing":             {Source{}, []Reason{ReasonEmpty}},
		"blanks":              {Source{Bytes: []byte(" \r\n\t\r\n")}, []Reason{ReasonEmpty}},
		"web page":            {Source{Bytes: []byte("<html><table><tr><td>客户</td></tr></table></html>")}, []Reason{ReasonHTML}},
		"a letter":            {Source{Bytes: []byte("%PDF-1.7\n")}, []Reason{ReasonNotTable}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tmp := t.TempDir()
			c.src.Name = "hostile"
			c.src.Path = filepath.Join(tmp, "hostile")
			if err := os.WriteFile(c.src.Path, c.src.Bytes, 0o600); err != nil {
				t.Fatal(err)
			}
			r := testReader(t)
			var peak atomic.Int64
			r.peak = func(n int64) { peak.Store(max(n, peak.Load())) }
			start := time.Now()
			_, err := r.Inspect(t.Context(), c.src, nil)
			took := time.Since(start)
			var e *Error
			switch {
			case c.want == nil && err != nil:
				t.Errorf("%v, want it to be read", err)
			case c.want != nil && (!errors.As(err, &e) || !strings.Contains(fmt.Sprint(c.want), string(e.Reason))):
				t.Errorf("%v, want %v", err, c.want)
			}
			if took > 10*time.Second {
				t.Errorf("took %v", took)
			}
			if peak.Load() > 1<<30 {
				t.Errorf("%d MB resident", peak.Load()>>20)
			}
			t.Logf("%v, %d MB, %v", took.Round(time.Millisecond), peak.Load()>>20, err)
		})
	}
}

// TestNothingOnDisk: while a large workbook is read and after it was refused
// there is no file of the child anywhere it could write.
func TestNothingOnDisk(t *testing.T) {
	before, err := filepath.Glob(filepath.Join(os.TempDir(), "excelize-*"))
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	src := crafted(t, sheetOf(func(w io.Writer) {
		repeat(w, `<row><c t="str"><v>杭州恒锐精密机械有限公司</v></c><c><v>13812905678</v></c></row>`, 400_000)
	}))
	if _, err := testReader(t).Inspect(t.Context(), src, nil); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	after, _ := filepath.Glob(filepath.Join(os.TempDir(), "excelize-*"))
	if len(left) != 0 || len(after) > len(before) {
		t.Errorf("%d files left", len(left)+len(after)-len(before))
	}
}

// measured leaves a test of what reading takes to the run without the race
// detector, under which the reader is thirty times as slow.
func measured(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("measured without the race detector")
	}
}

// TestCancelReading: the context ends the child at once.
func TestCancelReading(t *testing.T) {
	measured(t)
	t.Parallel()
	src := csvSource(append([]string{"客户名称,电话"}, make([]string, 0)...)...)
	src.Bytes = append(src.Bytes, bytes.Repeat([]byte("甲公司,13812905678\r\n"), 2<<20)...)
	ctx, cancel := context.WithCancel(t.Context())
	var start time.Time
	n := 0
	err := testReader(t).Rows(ctx, src, 0, 0, 0, func(rows []Row) error {
		n += len(rows)
		start = time.Now()
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || n >= 2<<20 {
		t.Errorf("%v after %d rows", err, n)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("took %v", d)
	}
}

// TestStuckChild: a child that says nothing is ended, and the reason given.
func TestStuckChild(t *testing.T) {
	t.Parallel()
	sleep, err := os.Stat("/bin/sleep")
	if err != nil || sleep.IsDir() {
		t.Skip("no sleep here")
	}
	script := filepath.Join(t.TempDir(), "stuck")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexec sleep 60\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	l := DefaultLimits()
	l.Seconds = 1
	r := &Reader{Executable: script, Limits: l}
	_, err = r.Inspect(t.Context(), csvSource("a,b"), nil)
	if !errors.Is(err, &Error{Reason: ReasonTimeout}) {
		t.Errorf("%v, want %s", err, ReasonTimeout)
	}
}

// TestChildMemory: a child over its bound is ended, and the reason given.
func TestChildMemory(t *testing.T) {
	t.Parallel()
	l := DefaultLimits()
	l.Memory = 60 << 20
	if raceEnabled {
		t.Skip("its memory is not what is measured")
	}
	r := testReader(t)
	r.Limits = l
	_, err := r.Inspect(t.Context(), Source{Name: "big", Bytes: bytes.Repeat([]byte("甲公司,1\n"), 12<<20)}, nil)
	if !errors.Is(err, &Error{Reason: ReasonMemory}) {
		t.Errorf("%v, want %s", err, ReasonMemory)
	}
}
