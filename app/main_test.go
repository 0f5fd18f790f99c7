package app_test

import (
	"os"
	"testing"

	"tongce/app/sheet"
)

// Sheets are read by this program again, as a child.
func TestMain(m *testing.M) {
	if sheet.RunChild(os.Args[1:], os.Stdin, os.Stdout) {
		return
	}
	os.Exit(m.Run())
}
