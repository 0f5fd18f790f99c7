package app_test

import (
	"testing"

	"tongce/app"
)

// A link that was cut off while copying is told from a relay that does not
// answer, before anything is sent.
func TestIN2_ALinkThatIsNoneIsTold(t *testing.T) {
	t.Parallel()
	a, _ := openApp(t)
	start := service[*app.Start](t, a)
	for _, link := range []string{"", "hello", "tongce://join", "tongce://join#nonsense", "tongce://join#pQEBAlggL9anl3pbXMRzJaI8RqSF1yBTJEPk"} {
		_, err := start.Inspect(link)
		if code, reason := codeOf(t, err); code != "invalid" || reason != "invite_form" {
			t.Errorf("%q: got %q %q, want invalid invite_form", link, code, reason)
		}
	}
}
