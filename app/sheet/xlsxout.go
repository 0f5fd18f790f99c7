package sheet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

const (
	// maxSheetRows is when a further sheet begins.
	maxSheetRows = 1_000_000
	// maxOutCell is how many code points a cell of a workbook can hold.
	maxOutCell = 32767
	// defaultWidth of a column, in characters.
	defaultWidth = 16
)

// xlsxWriter writes a workbook row by row. Of a sheet over 16 MiB the library
// keeps a part in a file; that one lies in the folder of the workbook, as
// WriteFile's own does, and nowhere else.
type xlsxWriter struct {
	file    *excelize.File
	stream  *excelize.StreamWriter
	title   string
	columns []OutColumn
	styles  xlsxStyles
	sheets  int
	row     int
	cells   []any
}

type xlsxStyles struct{ head, text, date, amount int }

// WriteXLSX writes a workbook: a frozen bold header, text kept as text. Values
// that do not fit the kind of their column are written as text. w is best the
// writer that WriteFile gives.
func WriteXLSX(ctx context.Context, w io.Writer, title string, columns []OutColumn, lines Lines) (err error) {
	opts := excelize.Options{}
	if f, ok := w.(*outFile); ok {
		opts.TmpDir = f.dir
	}
	x := &xlsxWriter{file: excelize.NewFile(opts), title: sheetTitle(title), columns: columns}
	defer func() { err = errors.Join(err, x.file.Close()) }()
	if err := x.makeStyles(); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
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
		if x.stream == nil || x.row > maxSheetRows {
			if err := x.begin(); err != nil {
				return fmt.Errorf("write workbook: %w", err)
			}
		}
		if !ok {
			break
		}
		if err := x.line(cells); err != nil {
			return fmt.Errorf("write workbook: %w", err)
		}
	}
	if err := x.stream.Flush(); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if err := x.file.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
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

func (x *xlsxWriter) makeStyles() error {
	day := "yyyy-mm-dd"
	for style, id := range map[*excelize.Style]*int{
		{Font: &excelize.Font{Bold: true}, NumFmt: 49, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E9EDF7"}}}: &x.styles.head,
		{NumFmt: 49}:         &x.styles.text, // "@": text stays text
		{NumFmt: 4}:          &x.styles.amount,
		{CustomNumFmt: &day}: &x.styles.date,
	} {
		var err error
		if *id, err = x.file.NewStyle(style); err != nil {
			return err
		}
	}
	return nil
}

// begin ends the sheet before and starts a further one with its header.
func (x *xlsxWriter) begin() error {
	name := x.title
	x.sheets++
	if x.sheets == 1 {
		if err := x.file.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else {
		name += " " + strconv.Itoa(x.sheets)
		if err := x.stream.Flush(); err != nil {
			return err
		}
		if _, err := x.file.NewSheet(name); err != nil {
			return err
		}
	}
	var err error
	if x.stream, err = x.file.NewStreamWriter(name); err != nil {
		return err
	}
	if err := x.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	x.row, x.cells = 1, x.cells[:0]
	for i, c := range x.columns {
		width := c.Width
		if width <= 0 {
			width = defaultWidth
		}
		if err := x.stream.SetColWidth(i+1, i+1, float64(width)); err != nil {
			return err
		}
		x.cells = append(x.cells, excelize.Cell{StyleID: x.styles.head, Value: c.Title})
	}
	return x.stream.SetRow("A1", x.cells)
}

func (x *xlsxWriter) line(cells []string) error {
	x.row++
	x.cells = x.cells[:0]
	for i, s := range cells[:min(len(cells), len(x.columns))] {
		x.cells = append(x.cells, x.cell(x.columns[i].Kind, s))
	}
	return x.stream.SetRow("A"+strconv.Itoa(x.row), x.cells)
}

func (x *xlsxWriter) cell(kind OutKind, s string) any {
	if s == "" {
		return nil
	}
	switch kind {
	case OutDate:
		if t, err := time.Parse(time.DateOnly, s); err == nil && t.Year() > 1900 {
			return excelize.Cell{StyleID: x.styles.date, Value: t}
		}
	case OutNumber:
		if f, err := strconv.ParseFloat(s, 64); err == nil && len(s) <= 15 && strings.Trim(s, "0123456789.-") == "" {
			return excelize.Cell{StyleID: x.styles.amount, Value: f}
		}
	case OutText:
	}
	if r := []rune(s); len(r) > maxOutCell {
		s = string(r[:maxOutCell])
	}
	return excelize.Cell{StyleID: x.styles.text, Value: s}
}
