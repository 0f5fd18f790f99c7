package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestManyRowsOfOneCustomer: a file that says the same customer thousands of
// times, each time otherwise, is one customer, and not an error.
func TestManyRowsOfOneCustomer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	var b strings.Builder
	b.WriteString("客户名称,备注\r\n")
	for i := range 2500 {
		fmt.Fprintf(&b, "同一家有限公司,备注%d\r\n", i)
	}
	file := filepath.Join(t.TempDir(), "many.csv")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	r := must[importReply](d, "import", file)
	if r.New != 1 || r.Merged != 2499 || r.Wrong != 0 {
		t.Errorf("imported %+v", r)
	}
	if again := must[importReply](d, "import", "--plan", file); again.New+again.Updated+again.Wrong != 0 {
		t.Errorf("the file again: %+v", again)
	}
	l := must[listReply](d, "list")
	if l.Total != 1 || l.Customers[0].Fields["remark"] != "备注2499" {
		t.Errorf("listed %+v", l)
	}
}
