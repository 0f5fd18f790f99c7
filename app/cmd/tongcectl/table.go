package main

import (
	"strconv"
	"strings"
)

// width is how many columns of a terminal a text takes: two for Chinese
// characters and full-width forms.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if (r >= 0x1100 && r <= 0x115F) || (r >= 0x2E80 && r <= 0xA4CF) || (r >= 0xAC00 && r <= 0xD7A3) ||
			(r >= 0xF900 && r <= 0xFAFF) || (r >= 0xFE30 && r <= 0xFE4F) || (r >= 0xFF00 && r <= 0xFF60) || r >= 0x20000 {
			n++
		}
	}
	return n
}

// table prints rows with aligned columns.
func (p *program) table(rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(cell))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			cell = strings.NewReplacer("\n", " ", "\r", " ", "\t", " ", "\x1b", "?").Replace(cell)
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-width(cell)+2))
			}
		}
		p.line("%s", strings.TrimRight(b.String(), " "))
	}
}

func num(n int) string { return strconv.Itoa(n) }
