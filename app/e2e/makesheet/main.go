// Command makesheet writes the workbooks of the import's end-to-end tests:
// 大名单.xlsx with many invented customers and one kind of error, and 旧名单.xlsx
// with the first of them as they were before, another level each.
//
//	makesheet DIR ROWS
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"tongce/app/sheet"
)

const (
	old = 40 // rows of 旧名单.xlsx
	// A number in every so many rows has the letter O for a zero.
	spoilt, spoiltAt = 50, 25
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "makesheet:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: makesheet DIR ROWS")
	}
	rows, err := strconv.Atoi(args[1])
	if err != nil || rows < old {
		return errors.New("ROWS is a number from 40 on")
	}
	if err := write(filepath.Join(args[0], "旧名单.xlsx"), old, func(i int, cells []string) {
		cells[6] = "一般"
	}); err != nil {
		return err
	}
	return write(filepath.Join(args[0], "大名单.xlsx"), rows, func(i int, cells []string) {
		if i%spoilt == spoiltAt {
			cells[2] = cells[2][:3] + strings.Replace(cells[2][3:], "0", "O", 1)
		}
	})
}

func write(path string, rows int, change func(i int, cells []string)) error {
	var columns []sheet.OutColumn
	for _, title := range []string{"客户名称", "联系人", "手机", "邮箱", "省", "市", "客户等级", "合同金额", "备注"} {
		columns = append(columns, sheet.OutColumn{Title: title})
	}
	lines := func(yield func([]string, error) bool) {
		for i := range rows {
			cells := customer(i)
			change(i, cells)
			if !yield(cells, nil) {
				return
			}
		}
	}
	return sheet.WriteFile(path, func(w io.Writer) error {
		return sheet.WriteXLSX(context.Background(), w, "客户", columns, lines)
	})
}

func customer(i int) []string {
	level := "普通"
	if i%3 == 0 {
		level = "重点"
	}
	return []string{
		fmt.Sprintf("苏州第%06d号精密机械有限公司", i), "王" + string([]rune("芳强静磊敏杰")[i%6]), fmt.Sprintf("139%08d", i),
		fmt.Sprintf("c%d@example.com", i), "江苏省", "苏州市", level, fmt.Sprintf("%d.00", 10_000+i%9973*100), fmt.Sprintf("第%d行", i+2),
	}
}
