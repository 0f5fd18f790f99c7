package workspace_test

import (
	"os"
	"testing"

	"tongce/app/sheet"
)

func TestMain(m *testing.M) {
	if sheet.RunChild(os.Args[1:], os.Stdin, os.Stdout) {
		return
	}
	os.Exit(m.Run())
}
