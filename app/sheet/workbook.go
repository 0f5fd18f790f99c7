package sheet

import (
	"archive/zip"
	"bytes"
	"io"
	"math"
	"path"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// workbook is an opened xlsx file: its parts stay packed until they are read,
// and are read as streams.
type workbook struct {
	zip      *zip.Reader
	parts    map[string]*zip.File
	sheets   []sheetRef
	date1904 bool
	formats  []numFormat
	strings  stringTable
	beat     func() // called while bytes go by
}

type sheetRef struct {
	name   string
	hidden bool
	part   string // empty for a chart
}

// stringTable holds the shared strings in one piece of memory.
type stringTable struct {
	text []byte
	ends []uint32
}

const maxStrings = 12_000_000

func (t *stringTable) get(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return string(t.text[from:t.ends[i]]), true
}

// openWorkbook looks at the directory of the file first: what is too large when
// unpacked is refused before a byte of it is.
func openWorkbook(r io.ReaderAt, size int64, l Limits, beat func()) (*workbook, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, refuse(ReasonDamaged)
	}
	b := &workbook{zip: z, parts: map[string]*zip.File{}, beat: beat}
	var sum uint64
	for _, f := range z.File {
		if f.UncompressedSize64 > uint64(l.Unpacked) || sum > uint64(l.Unpacked) {
			return nil, refuse(ReasonUnpacked)
		}
		sum += f.UncompressedSize64
		b.parts[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, "\\", "/"), "/"))] = f
	}
	if sum > uint64(l.Unpacked) {
		return nil, refuse(ReasonUnpacked)
	}
	return b, b.read()
}

func (b *workbook) read() error {
	main := b.target("_rels/.rels", "", "/officeDocument")
	switch {
	case b.parts["xl/workbook.bin"] != nil:
		return refuse(ReasonXLSB)
	case main == "" && b.parts["content.xml"] != nil:
		return refuse(ReasonODS)
	case main == "":
		main = "xl/workbook.xml"
	}
	if b.parts[main] == nil {
		return refuse(ReasonNotTable)
	}
	if strings.HasPrefix(main, "word/") || strings.HasPrefix(main, "ppt/") {
		return refuse(ReasonNotTable)
	}
	dir := path.Dir(main)
	rels := path.Join(dir, "_rels", path.Base(main)+".rels")
	if err := b.readSheets(main, rels, dir); err != nil {
		return err
	}
	if err := b.readStyles(b.target(rels, dir, "/styles")); err != nil {
		return err
	}
	return b.readStrings(b.target(rels, dir, "/sharedStrings"))
}

// open gives a part as a stream that ends at its declared size.
func (b *workbook) open(name string) (io.ReadCloser, error) {
	f := b.parts[strings.ToLower(name)]
	if f == nil {
		return nil, refuse(ReasonDamaged)
	}
	r, err := f.Open()
	if err != nil {
		return nil, refuse(ReasonDamaged)
	}
	return &partReader{r: io.LimitReader(r, int64(f.UncompressedSize64)), c: r, beat: b.beat}, nil
}

type partReader struct {
	r    io.Reader
	c    io.Closer
	n    int
	beat func()
}

func (p *partReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if p.n += n; p.n >= 4<<20 {
		p.n = 0
		p.beat()
	}
	if err != nil && err != io.EOF { //nolint:errorlint // readers return EOF itself
		err = refuse(ReasonDamaged)
	}
	return n, err
}

func (p *partReader) Close() error { return p.c.Close() }

// scan runs fn over the tokens of a part.
func (b *workbook) scan(name string, fn func(x *xmlScanner) error) error {
	r, err := b.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	x := newScanner(decoded(r))
	for {
		kind, err := x.next()
		if err != nil {
			return err
		}
		if kind == tokenEOF {
			return nil
		}
		if err := fn(x); err != nil {
			return err
		}
	}
}

// decoded undoes UTF-16, which a few programs write.
func decoded(r io.Reader) io.Reader {
	head := make([]byte, 2)
	n, _ := io.ReadFull(r, head)
	all := io.MultiReader(bytes.NewReader(head[:n]), r)
	if n == 2 && (head[0] == 0xFF && head[1] == 0xFE || head[0] == 0xFE && head[1] == 0xFF) {
		return transform.NewReader(all, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	}
	return all
}

// relations reads a .rels part: id -> type, target.
func (b *workbook) relations(name string, fn func(id, kind, target string)) {
	if b.parts[strings.ToLower(name)] == nil {
		return
	}
	_ = b.scan(name, func(x *xmlScanner) error {
		if x.kind == tokenStart && x.is("Relationship") && string(x.attr("TargetMode")) != "External" {
			fn(unescape(x.attr("Id")), unescape(x.attr("Type")), unescape(x.attr("Target")))
		}
		return nil
	})
}

func resolve(dir, target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.ToLower(strings.TrimPrefix(path.Clean(target), "/"))
	}
	return strings.ToLower(path.Join(dir, target))
}

func (b *workbook) target(rels, dir, suffix string) string {
	found := ""
	b.relations(rels, func(_, kind, target string) {
		if found == "" && strings.HasSuffix(kind, suffix) {
			found = resolve(dir, target)
		}
	})
	return found
}

func (b *workbook) readSheets(main, rels, dir string) error {
	parts := map[string]string{}
	b.relations(rels, func(id, kind, target string) {
		if strings.HasSuffix(kind, "/worksheet") {
			parts[id] = resolve(dir, target)
		}
	})
	err := b.scan(main, func(x *xmlScanner) error {
		if x.kind != tokenStart {
			return nil
		}
		switch {
		case x.is("workbookPr"):
			v := string(x.attr("date1904"))
			b.date1904 = v == "1" || v == "true"
		case x.is("sheet"):
			if len(b.sheets) >= 1000 {
				return refuse(ReasonDamaged)
			}
			state := string(x.attr("state"))
			b.sheets = append(b.sheets, sheetRef{
				name: unescape(x.attr("name")), hidden: state == "hidden" || state == "veryHidden",
				part: parts[unescape(x.attr("id"))],
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	tables := 0
	for _, s := range b.sheets {
		if s.part != "" && b.parts[s.part] != nil {
			tables++
		}
	}
	if tables == 0 {
		return refuse(ReasonNoSheets)
	}
	return nil
}

func (b *workbook) readStyles(name string) error {
	if name == "" || b.parts[name] == nil {
		return nil
	}
	custom := map[int]numFormat{}
	in := false
	return b.scan(name, func(x *xmlScanner) error {
		switch {
		case x.kind == tokenStart && x.is("numFmt"):
			if id, err := strconv.Atoi(string(x.attr("numFmtId"))); err == nil && len(custom) < 100_000 {
				custom[id] = classify(unescape(x.attr("formatCode")))
			}
		case x.is("cellXfs") && x.kind != tokenText:
			in = x.kind == tokenStart && !x.alone
		case in && x.kind == tokenStart && x.is("xf"):
			id, _ := strconv.Atoi(string(x.attr("numFmtId")))
			f, ok := custom[id]
			if !ok {
				f = builtin(id)
			}
			if len(b.formats) >= 1_000_000 {
				return refuse(ReasonDamaged)
			}
			b.formats = append(b.formats, f)
		}
		return nil
	})
}

// readStrings keeps the runs of rich text together and leaves out how they are
// pronounced (rPh).
func (b *workbook) readStrings(name string) error {
	f := b.parts[name]
	if name == "" || f == nil {
		return nil
	}
	t := &b.strings
	t.text = make([]byte, 0, f.UncompressedSize64/2)
	inT, phonetic := false, false
	return b.scan(name, func(x *xmlScanner) error {
		switch x.kind {
		case tokenText:
			if inT && !phonetic {
				if t.text = append(t.text, x.value()...); len(t.text) > math.MaxInt32 {
					return refuse(ReasonUnpacked)
				}
			}
		case tokenStart:
			switch {
			case x.is("t"):
				inT = !x.alone
			case x.is("rPh"):
				phonetic = !x.alone
			case x.is("si") && x.alone:
				t.ends = append(t.ends, uint32(len(t.text)))
			}
			if len(t.ends) > maxStrings {
				return refuse(ReasonUnpacked)
			}
		case tokenEnd:
			switch {
			case x.is("t"):
				inT = false
			case x.is("rPh"):
				phonetic = false
			case x.is("si"):
				t.ends = append(t.ends, uint32(len(t.text)))
			}
		case tokenEOF:
		}
		return nil
	})
}
