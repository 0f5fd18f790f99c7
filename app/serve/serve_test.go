package serve_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"tongce/app"
	"tongce/app/serve"
)

// Desk is a bound service of the tests.
type Desk struct{}

type question struct {
	Text string `json:"text"`
}

// Ask answers.
func (*Desk) Ask(in question) (question, error) { return question{"got " + in.Text}, nil }

// Say takes a lone string.
func (*Desk) Say(string) error { return nil }

// Fail is refused.
func (*Desk) Fail() (question, error) { return question{}, errors.New("refused") }

// Panic has no guard.
func (*Desk) Panic() error { panic("secret words") }

// desk is a running server.
type desk struct {
	base, token string
	host        *serve.Host
	log         *bytes.Buffer
	stop        func()
}

func start(t *testing.T) *desk {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{host: serve.NewHost(rand.Reader), log: new(bytes.Buffer), base: "http://" + l.Addr().String()}
	r, w := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- serve.Serve(ctx, l, serve.Options{
			Dist: fstest.MapFS{
				"index.html":   {Data: []byte("<html><head><title>x</title></head></html>")},
				"assets/a.js":  {Data: []byte("let a = 1")},
				"assets/b.css": {Data: []byte("b {}")},
			},
			Bound: []any{&Desk{}}, Format: func(error) any { return `{"code":"denied","ref":"1"}` },
			Host: d.host, Log: slog.New(slog.NewTextHandler(d.log, nil)), Rand: rand.Reader, Out: w,
		})
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	d.token = at.Query().Get("t")
	d.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve ended with %v", err)
		}
	}
	t.Cleanup(func() { d.stop() })
	return d
}

// browser is a client with cookies of its own.
func browser() *http.Client {
	return &http.Client{
		Jar:           newJar(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       10 * time.Second,
	}
}

// newJar keeps cookies without asking for their scheme or port, as loopback
// does.
func newJar() http.CookieJar { return &jar{} }

type jar struct{ all []*http.Cookie }

func (j *jar) SetCookies(_ *url.URL, c []*http.Cookie) { j.all = append(j.all, c...) }
func (j *jar) Cookies(*url.URL) []*http.Cookie         { return j.all }

// enter opens the address as a person does.
func (d *desk) enter(t *testing.T) *http.Client {
	t.Helper()
	c := browser()
	r := do(t, c, http.MethodGet, d.base+"/?t="+d.token, "", nil)
	if r.status != http.StatusSeeOther {
		t.Fatalf("first use of the token: got %d, want 303", r.status)
	}
	return c
}

type answer struct {
	status int
	body   string
	header http.Header
	cookie []*http.Cookie
}

func do(t *testing.T, c *http.Client, method, at, body string, change func(*http.Request)) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, at, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Origin", "http://"+req.URL.Host)
	}
	if change != nil {
		change(req)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, string(b), resp.Header, resp.Cookies()}
}

func TestTokenWorksOnce(t *testing.T) {
	t.Parallel()
	d := start(t)
	first := browser()
	r := do(t, first, http.MethodGet, d.base+"/?t="+d.token, "", nil)
	if len(r.cookie) != 1 || !r.cookie[0].HttpOnly || r.cookie[0].SameSite != http.SameSiteStrictMode {
		t.Fatalf("cookie: got %+v, want one, HttpOnly and SameSite=Strict", r.cookie)
	}
	if r := do(t, first, http.MethodGet, d.base+"/?t="+d.token, "", nil); r.status != http.StatusSeeOther {
		t.Errorf("the same browser again: got %d, want to be let in by its cookie", r.status)
	}
	second := browser()
	if r := do(t, second, http.MethodGet, d.base+"/?t="+d.token, "", nil); r.status != http.StatusForbidden || len(r.cookie) != 0 {
		t.Errorf("second browser: got %d and %d cookies, want 403 and none", r.status, len(r.cookie))
	}
	if r := do(t, second, http.MethodGet, d.base+"/", "", nil); r.status != http.StatusUnauthorized {
		t.Errorf("second browser without a token: got %d, want 401", r.status)
	}
}

func TestWrongTokenDoesNotUseItUp(t *testing.T) {
	t.Parallel()
	d := start(t)
	for _, token := range []string{"", "x", d.token + "x", d.token[:len(d.token)-1]} {
		if r := do(t, browser(), http.MethodGet, d.base+"/?t="+url.QueryEscape(token), "", nil); r.status != http.StatusForbidden {
			t.Errorf("token %q: got %d, want 403", token, r.status)
		}
	}
	d.enter(t)
}

func TestAttacks(t *testing.T) {
	t.Parallel()
	d := start(t)
	in := d.enter(t)
	call := d.base + "/call/Desk/Ask"
	for name, c := range map[string]struct {
		client     *http.Client
		method, at string
		body       string
		change     func(*http.Request)
		want       int
	}{
		"no cookie":            {browser(), http.MethodPost, call, `[{}]`, nil, http.StatusUnauthorized},
		"no cookie, events":    {browser(), http.MethodGet, d.base + "/events", "", nil, http.StatusUnauthorized},
		"no cookie, page":      {browser(), http.MethodGet, d.base + "/assets/a.js", "", nil, http.StatusUnauthorized},
		"wrong cookie":         {browser(), http.MethodPost, call, `[{}]`, func(r *http.Request) { r.Header.Set("Cookie", "tongce-1=x") }, http.StatusUnauthorized},
		"foreign host":         {in, http.MethodPost, call, `[{}]`, func(r *http.Request) { r.Host = "evil.example" }, http.StatusMisdirectedRequest},
		"rebound host":         {in, http.MethodGet, d.base + "/", "", func(r *http.Request) { r.Host = "evil.example:" + r.URL.Port() }, http.StatusMisdirectedRequest},
		"other port":           {in, http.MethodGet, d.base + "/", "", func(r *http.Request) { r.Host = "127.0.0.1:1" }, http.StatusMisdirectedRequest},
		"foreign host, token":  {in, http.MethodGet, d.base + "/?t=" + d.token, "", func(r *http.Request) { r.Host = "evil.example" }, http.StatusMisdirectedRequest},
		"foreign origin":       {in, http.MethodPost, call, `[{}]`, func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, http.StatusForbidden},
		"origin of other port": {in, http.MethodPost, call, `[{}]`, func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") }, http.StatusForbidden},
		"null origin":          {in, http.MethodPost, call, `[{}]`, func(r *http.Request) { r.Header.Set("Origin", "null") }, http.StatusForbidden},
		"no origin":            {in, http.MethodPost, call, `[{}]`, func(r *http.Request) { r.Header.Del("Origin") }, http.StatusForbidden},
		"events from a page":   {in, http.MethodGet, d.base + "/events", "", func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") }, http.StatusForbidden},
		"script of other port": {in, http.MethodGet, d.base + "/assets/a.js", "", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, http.StatusForbidden},
		"too big":              {in, http.MethodPost, call, `["` + strings.Repeat("x", 9<<20) + `"]`, nil, http.StatusRequestEntityTooLarge},
		"unknown method":       {in, http.MethodPost, d.base + "/call/Desk/Nothing", `[]`, nil, http.StatusNotImplemented},
		"unknown service":      {in, http.MethodPost, d.base + "/call/App/Shutdown", `[]`, nil, http.StatusNotImplemented},
		"too many arguments":   {in, http.MethodPost, call, `[{},{}]`, nil, http.StatusBadRequest},
		"no list":              {in, http.MethodPost, call, `{}`, nil, http.StatusBadRequest},
		"other type":           {in, http.MethodPost, call, `["x"]`, nil, http.StatusBadRequest},
		"call by GET":          {in, http.MethodGet, call, "", nil, http.StatusNotFound},
		"folder":               {in, http.MethodGet, d.base + "/assets/", "", nil, http.StatusNotFound},
		"out of the folder":    {in, http.MethodGet, d.base + "/..%2f..%2fetc/passwd", "", nil, http.StatusNotFound},
		"file of nobody":       {in, http.MethodGet, d.base + "/file/x", "", nil, http.StatusNotFound},
		"panic":                {in, http.MethodPost, d.base + "/call/Desk/Panic", `[]`, nil, http.StatusUnprocessableEntity},
	} {
		r := do(t, c.client, c.method, c.at, c.body, c.change)
		if r.status != c.want {
			t.Errorf("%s: got %d %s, want %d", name, r.status, r.body, c.want)
		}
		if strings.Contains(r.body, "got ") || strings.Contains(r.body, "let a") {
			t.Errorf("%s: got an answer: %s", name, r.body)
		}
		if !strings.Contains(r.header.Get("Content-Security-Policy"), "default-src 'none'") || r.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: the answer lacks its policy", name)
		}
	}
	if r := do(t, in, http.MethodPost, call, `[{"text":"x"}]`, nil); r.body != `{"text":"got x"}` {
		t.Errorf("after all of it: got %d %s", r.status, r.body)
	}
	d.stop()
	d.stop = func() {}
	if strings.Contains(d.log.String(), "secret words") {
		t.Error("the log holds what a panic said")
	}
}

func TestOnlyLoopback(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	err = serve.Serve(t.Context(), l, serve.Options{Rand: rand.Reader})
	if !errors.Is(err, serve.ErrNotLoopback) {
		t.Errorf("got %v, want %v", err, serve.ErrNotLoopback)
	}
}

func TestCalls(t *testing.T) {
	t.Parallel()
	d := start(t)
	in := d.enter(t)
	if r := do(t, in, http.MethodPost, d.base+"/call/Desk/Say", `["x"]`, nil); r.status != http.StatusOK || r.body != "null" {
		t.Errorf("a method without a reply: got %d %q", r.status, r.body)
	}
	if r := do(t, in, http.MethodPost, d.base+"/call/Desk/Fail", `[]`, nil); r.status != http.StatusUnprocessableEntity || r.body != `{"code":"denied","ref":"1"}` {
		t.Errorf("a refused call: got %d %q", r.status, r.body)
	}
	r := do(t, in, http.MethodGet, d.base+"/", "", nil)
	if !strings.Contains(r.body, `<meta name="tongce-serve"`) {
		t.Errorf("the page lacks its mark: %s", r.body)
	}
	if r := do(t, in, http.MethodGet, d.base+"/assets/a.js", "", nil); r.body != "let a = 1" || !strings.Contains(r.header.Get("Content-Type"), "javascript") {
		t.Errorf("asset: got %d %q %q", r.status, r.header.Get("Content-Type"), r.body)
	}
}

func TestFilesInAndOut(t *testing.T) {
	t.Parallel()
	d := start(t)
	in := d.enter(t)
	r := do(t, in, http.MethodPost, d.base+"/upload?name="+url.QueryEscape(`C:\客户\客户表.xlsx`), "bytes", nil)
	var up struct{ Path string }
	if err := json.Unmarshal([]byte(r.body), &up); err != nil || !strings.HasPrefix(up.Path, "upload:") {
		t.Fatalf("upload: got %d %s", r.status, r.body)
	}
	name, path, data, err := d.host.Read(up.Path)
	if err != nil || name != "客户表.xlsx" || path != "" || string(data) != "bytes" {
		t.Errorf("read: got %q %q %q %v", name, path, data, err)
	}
	if _, _, _, err := d.host.Read("/etc/passwd"); err == nil {
		t.Error("a path of this computer was read")
	}
	if _, _, _, err := d.host.Read(strings.TrimPrefix(up.Path, "upload:")); err == nil {
		t.Error("an id without its mark was read")
	}
	at, err := d.host.Save(t.Context(), "", "导出 1.csv", func(w io.Writer) error { _, err := io.WriteString(w, "a,b"); return err })
	if err != nil {
		t.Fatal(err)
	}
	r = do(t, in, http.MethodGet, d.base+at, "", nil)
	if r.body != "a,b" || !strings.HasPrefix(r.header.Get("Content-Disposition"), "attachment") || !strings.Contains(r.header.Get("Content-Disposition"), url.PathEscape("导出 1.csv")) {
		t.Errorf("download: got %q as %q", r.body, r.header.Get("Content-Disposition"))
	}
	failed := errors.New("half way")
	if at, err := d.host.Save(t.Context(), "", "x", func(io.Writer) error { return failed }); !errors.Is(err, failed) || at != "" {
		t.Errorf("a write that fails: got %q %v", at, err)
	}
}

// listen opens the stream of events.
func listen(t *testing.T, c *http.Client, at, last string) *bufio.Scanner {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("events: got %q", resp.Header.Get("Content-Type"))
	}
	return bufio.NewScanner(resp.Body)
}

func next(t *testing.T, s *bufio.Scanner) (name, data string) {
	t.Helper()
	for s.Scan() {
		if v, ok := strings.CutPrefix(s.Text(), "event: "); ok {
			name = v
		}
		if v, ok := strings.CutPrefix(s.Text(), "data: "); ok {
			return name, v
		}
	}
	t.Fatalf("the stream ended: %v", s.Err())
	return "", ""
}

func TestEvents(t *testing.T) {
	t.Parallel()
	d := start(t)
	in := d.enter(t)
	first := listen(t, in, d.base, "")
	second := listen(t, in, d.base, "")
	d.host.Emit(app.EventCustomers, app.Event{Revision: 7, IDs: []string{"a"}})
	for _, s := range []*bufio.Scanner{first, second} {
		if name, data := next(t, s); name != app.EventCustomers || data != `{"revision":7,"ids":["a"]}` {
			t.Errorf("got %s %s", name, data)
		}
	}
	// A stream that was cut begins with what it may have missed, naming nobody.
	again := listen(t, in, d.base, "1")
	if name, data := next(t, again); name != app.EventCustomers || data != `{"revision":7}` {
		t.Errorf("after a cut: got %s %s", name, data)
	}
}

func TestServeEndsWithOpenStreams(t *testing.T) {
	t.Parallel()
	d := start(t)
	listen(t, d.enter(t), d.base, "")
	began := time.Now()
	d.stop()
	d.stop = func() {}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("ending took %s with a stream open", took)
	}
}
