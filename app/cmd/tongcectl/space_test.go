package main

import (
	"strings"
	"testing"
)

// TestGA18_SpaceOfTheOperator: a relay takes as much as its operator said and no
// more; what it does not take stays here and is counted.
func TestGA18_SpaceOfTheOperator(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	must[initReply](d, "init", "--name", "恒锐公司", "--member", "李强", "--department", "销售部", "--relay", startRelay(t, "--space", "1M"))
	must[imported](d, "import", csv(t, "多.csv", 2000))
	if _, errs, code := d.run("sync", "--once"); code != 3 || !strings.Contains(errs, "空间满了") {
		t.Errorf("exit %d: %s", code, errs)
	}
	if s := must[syncReply](d, "status"); s.Pending == 0 || s.Pending >= 2000 || s.Rejected != 0 {
		t.Errorf("got %+v, want a part pending and none rejected", s)
	}
}
