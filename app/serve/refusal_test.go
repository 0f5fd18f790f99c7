package serve_test

import (
	"net/http"
	"strings"
	"testing"
)

// asPage asks as a browser does for what a person opens.
func asPage(language string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
		if language != "" {
			r.Header.Set("Accept-Language", language)
		}
	}
}

func TestSecondBrowserIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	d := start(t)
	d.enter(t)
	for _, c := range []struct {
		at, language string
		status       int
		want         string
	}{
		{"/?t=" + d.token, "zh-CN,zh;q=0.9,en;q=0.8", http.StatusForbidden, "什么都没有丢"},
		{"/?t=" + d.token, "en-GB,en;q=0.9,zh;q=0.1", http.StatusForbidden, "nothing was lost"},
		{"/?t=" + d.token, "", http.StatusForbidden, "什么都没有丢"},
		{"/?t=" + d.token, "de-DE", http.StatusForbidden, "nothing was lost"},
		{"/", "zh", http.StatusUnauthorized, "再启动一次"},
		{"/", "en", http.StatusUnauthorized, "start it again"},
	} {
		r := do(t, browser(), http.MethodGet, d.base+c.at, "", asPage(c.language))
		if r.status != c.status || !strings.Contains(r.body, c.want) {
			t.Errorf("%s in %q: got %d %q, want %d and a page with %q", c.at, c.language, r.status, r.body, c.status, c.want)
		}
		if got := r.header.Get("Content-Type"); got != "text/html; charset=utf-8" {
			t.Errorf("%s in %q: got type %q", c.at, c.language, got)
		}
		if r.header.Get("Cache-Control") != "no-store" || !strings.Contains(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s in %q: the page lacks the headers of all answers", c.at, c.language)
		}
		for _, no := range []string{"<script", "src=", "href=", "url(", d.token} {
			if strings.Contains(r.body, no) {
				t.Errorf("%s in %q: the page holds %q", c.at, c.language, no)
			}
		}
		if len(r.cookie) != 0 {
			t.Errorf("%s in %q: got a cookie", c.at, c.language)
		}
	}
}

func TestCallsAreRefusedWithACode(t *testing.T) {
	t.Parallel()
	d := start(t)
	d.enter(t)
	for name, c := range map[string]struct {
		method, at string
		change     func(*http.Request)
	}{
		"call":                  {http.MethodPost, "/call/Desk/Ask", func(r *http.Request) { r.Header.Set("Accept", "*/*") }},
		"call that wants pages": {http.MethodPost, "/call/Desk/Ask", asPage("zh")},
		"events":                {http.MethodGet, "/events", func(r *http.Request) { r.Header.Set("Accept", "text/event-stream") }},
		"token":                 {http.MethodGet, "/?t=" + d.token, nil},
	} {
		r := do(t, browser(), c.method, d.base+c.at, "", c.change)
		if !strings.HasPrefix(r.body, `{"code":"denied"`) || r.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: got %q %q, want the coded error", name, r.header.Get("Content-Type"), r.body)
		}
	}
}
