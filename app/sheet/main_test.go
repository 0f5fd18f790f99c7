package sheet

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if RunChild(os.Args[1:], os.Stdin, os.Stdout) {
		return
	}
	os.Exit(m.Run())
}
