package sheet

import (
	"archive/zip"
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxSheetRows is when a further sheet begins.
const maxSheetRows = 1_000_000

const (
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	nsMain   = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	nsRels   = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	nsPkg    = `http://schemas.openxmlformats.org/package/2006/relationships`
	mimeBase = `application/vnd.openxmlformats-officedocument.spreadsheetml.`
)

// styles: 1 head, 2 text, 3 date, 4 amount.
const stylesXML = xmlHead + `<styleSheet xmlns="` + nsMain + `"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts>` +
	`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
	`<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE9EDF7"/></patternFill></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyNumberFormat="1"/>` +
	`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>` +
	`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`

// xlsxWriter writes rows straight into the packed file: nothing is held, and
// nothing is unpacked on disk on the way.
type xlsxWriter struct {
	zip     *zip.Writer
	part    *bufio.Writer
	title   string
	columns []OutColumn
	sheets  int
	row     int
	buf     []byte
}

// WriteXLSX writes a workbook: a frozen bold header, a filter, text kept as
// text. Values that do not fit the kind of their column are written as text.
func WriteXLSX(ctx context.Context, w io.Writer, title string, columns []OutColumn, lines Lines) error {
	x := &xlsxWriter{zip: zip.NewWriter(w), title: sheetTitle(title), columns: columns}
	next, stop := iter.Pull2(lines)
	defer stop()
	for {
		cells, err, ok := next()
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if x.part == nil || x.row > maxSheetRows {
			if err := x.begin(); err != nil {
				return err
			}
		}
		if !ok {
			break
		}
		if err := x.line(cells); err != nil {
			return err
		}
	}
	return x.finish()
}

// sheetTitle makes a name that workbooks allow.
func sheetTitle(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) || r < 32 {
			return '_'
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 27 {
		s = string(r[:27])
	}
	if s == "" {
		s = "Sheet"
	}
	return s
}

func (x *xlsxWriter) begin() error {
	if err := x.end(); err != nil {
		return err
	}
	x.sheets++
	p, err := x.zip.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", x.sheets))
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	x.part, x.row = bufio.NewWriterSize(p, 64<<10), 1
	b := append(x.buf[:0], xmlHead+`<worksheet xmlns="`+nsMain+`"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`...)
	for i, c := range x.columns {
		if c.Width <= 0 {
			c.Width = 16
		}
		b = append(b, fmt.Sprintf(`<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, c.Width)...)
	}
	b = append(b, `</cols><sheetData><row r="1">`...)
	for i, c := range x.columns {
		b = text(b, i, 1, 1, c.Title)
	}
	x.buf = append(b, `</row>`...)
	_, err = x.part.Write(x.buf)
	return err
}

func (x *xlsxWriter) end() error {
	if x.part == nil {
		return nil
	}
	filter := ""
	if len(x.columns) > 0 {
		filter = fmt.Sprintf(`<autoFilter ref="A1:%s%d"/>`, columnName(len(x.columns)-1), x.row)
	}
	if _, err := x.part.WriteString(`</sheetData>` + filter + `</worksheet>`); err != nil {
		return err
	}
	return x.part.Flush()
}

func ref(b []byte, col, row int) []byte {
	b = append(b, `<c r="`...)
	b = append(b, columnName(col)...)
	return strconv.AppendInt(b, int64(row), 10)
}

func text(b []byte, col, row, style int, s string) []byte {
	b = append(ref(b, col, row), `" s="`...)
	b = strconv.AppendInt(b, int64(style), 10)
	b = append(b, `" t="inlineStr"><is><t xml:space="preserve">`...)
	return append(escape(b, s), `</t></is></c>`...)
}

// escape writes text of XML; what XML cannot hold gets the _x000B_ form.
func escape(b []byte, s string) []byte {
	if utf8.RuneCountInString(s) > 32767 { // more than a cell of a workbook can hold
		s = string([]rune(s)[:32767])
	}
	for i, r := range s {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '\n' || r == '\t':
			b = append(b, byte(r))
		case r < 32 || r == 0xFFFE || r == 0xFFFF:
			b = append(b, fmt.Sprintf("_x%04X_", r)...)
		case r == '_' && len(s) > i+6 && s[i+1] == 'x' && s[i+6] == '_':
			b = append(b, "_x005F_"...)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}

func (x *xlsxWriter) line(cells []string) error {
	x.row++
	b := append(x.buf[:0], `<row r="`...)
	b = strconv.AppendInt(b, int64(x.row), 10)
	b = append(b, `">`...)
	for i, s := range cells {
		if s == "" || i >= len(x.columns) {
			continue
		}
		v, style := "", 2
		switch x.columns[i].Kind {
		case OutDate:
			if t, err := time.Parse("2006-01-02", s); err == nil && t.Year() > 1900 {
				v, style = strconv.Itoa(int(t.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours()/24)), 3
			}
		case OutNumber:
			if _, err := strconv.ParseFloat(s, 64); err == nil && len(s) <= 15 && strings.Trim(s, "0123456789.-") == "" {
				v, style = s, 4
			}
		case OutText:
		}
		if v == "" {
			b = text(b, i, x.row, 2, s)
			continue
		}
		b = append(ref(b, i, x.row), `" s="`...)
		b = strconv.AppendInt(b, int64(style), 10)
		b = append(b, `"><v>`+v+`</v></c>`...)
	}
	x.buf = append(b, `</row>`...)
	_, err := x.part.Write(x.buf)
	return err
}

func (x *xlsxWriter) finish() error {
	if err := x.end(); err != nil {
		return err
	}
	types := xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + mimeBase + `sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + mimeBase + `styles+xml"/>`
	book := xmlHead + `<workbook xmlns="` + nsMain + `" xmlns:r="` + nsRels + `"><sheets>`
	rels := xmlHead + `<Relationships xmlns="` + nsPkg + `"><Relationship Id="s" Type="` + nsRels + `/styles" Target="styles.xml"/>`
	for i := 1; i <= x.sheets; i++ {
		name := x.title
		if i > 1 {
			name += " " + strconv.Itoa(i)
		}
		types += fmt.Sprintf(`<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, i, mimeBase)
		book += fmt.Sprintf(`<sheet name="%s" sheetId="%d" r:id="r%d"/>`, strings.ReplaceAll(string(escape(nil, name)), `"`, "&quot;"), i, i)
		rels += fmt.Sprintf(`<Relationship Id="r%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i, nsRels, i)
	}
	for _, p := range [][2]string{
		{"xl/workbook.xml", book + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", rels + `</Relationships>`},
		{"xl/styles.xml", stylesXML},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="` + nsPkg + `"><Relationship Id="r1" Type="` + nsRels + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"[Content_Types].xml", types + `</Types>`},
	} {
		f, err := x.zip.Create(p[0])
		if err == nil {
			_, err = io.WriteString(f, p[1])
		}
		if err != nil {
			return fmt.Errorf("write workbook: %w", err)
		}
	}
	if err := x.zip.Close(); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}
