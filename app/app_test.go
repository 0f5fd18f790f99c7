package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tongce/app"
	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
)

// hall is a Host for tests: it remembers events and what was saved.
type hall struct {
	mu     sync.Mutex
	events []string
	saved  map[string][]byte
	files  map[string][]byte
}

func (h *hall) Emit(name string, _ app.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, name)
}

func (h *hall) heard(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.events {
		if e == name {
			return true
		}
	}
	return false
}

func (h *hall) PickFiles(context.Context, string) ([]string, error) { return nil, nil }

func (h *hall) put(name string, data []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.files[name] = data
}

func (h *hall) Read(path string) (string, string, []byte, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	data, ok := h.files[path]
	if !ok {
		return "", "", nil, fs.ErrNotExist
	}
	return path, "", data, nil
}

func (h *hall) Save(_ context.Context, _, suggested string, write func(io.Writer) error) (string, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return "", err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.saved[suggested] = b.Bytes()
	return "/saved/" + suggested, nil
}

func (h *hall) OpenFolder(context.Context, string) error { return nil }

// cheap is the least work that a key file allows, for tests.
func cheap() keychain.Cost { return keychain.Cost{Time: 3, MemoryKiB: 64 << 10, Threads: 1} }

func config(dir string, ring keychain.Ring) (app.Config, *hall) {
	host := &hall{saved: map[string][]byte{}, files: map[string][]byte{}}
	return app.Config{
		Dir: dir, Version: "test", Lang: "zh", Host: host, Log: slog.New(slog.DiscardHandler),
		Now: time.Now, Rand: rand.Reader, KeyRing: ring, Cost: cheap(),
	}, host
}

// testApp is an App whose book is not there yet.
func testApp(t *testing.T, dir string) (*app.App, *hall) {
	t.Helper()
	return startApp(t, dir, new(ringtest.Memory))
}

func startApp(t *testing.T, dir string, ring keychain.Ring) (*app.App, *hall) {
	t.Helper()
	cfg, host := config(filepath.Join(dir, "book"), ring)
	a := app.New(cfg)
	a.Startup()
	t.Cleanup(a.Shutdown)
	return a, host
}

// service finds one of the bound services.
func service[T any](t *testing.T, a *app.App) T {
	t.Helper()
	for _, s := range a.Bind() {
		if found, ok := s.(T); ok {
			return found
		}
	}
	t.Fatalf("no service %T", *new(T))
	panic("not reached")
}

// must is for calls that have to succeed.
func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// eventually waits for what another goroutine does, for as long as a crowded
// machine may take.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// codeOf is the code of a refused call.
func codeOf(t *testing.T, err error) (code, reason string) {
	t.Helper()
	if err == nil {
		return "", ""
	}
	text, ok := app.Format(err).(string)
	if !ok {
		t.Fatalf("Format gives %T, want a string (W1)", app.Format(err))
	}
	var wire struct {
		Code   string
		Params map[string]string
	}
	if e := json.Unmarshal([]byte(text), &wire); e != nil {
		t.Fatal(e)
	}
	return wire.Code, wire.Params["reason"]
}

var company = app.CreateWorkspace{Company: "恒锐精密机械有限公司", Member: "李强", Department: "销售部", Device: "李强的电脑"}

// openApp is an App with an empty book of its own.
func openApp(t *testing.T) (*app.App, *hall) {
	t.Helper()
	a, host := testApp(t, t.TempDir())
	must[app.StartState](t)(service[*app.Start](t, a).Create(company))
	return a, host
}

func addCustomer(t *testing.T, a *app.App, pairs ...string) string {
	t.Helper()
	var in app.NewRequest
	for i := 0; i < len(pairs); i += 2 {
		in.Values = append(in.Values, app.FieldValue{Field: pairs[i], Text: pairs[i+1]})
	}
	return must[app.SetReply](t)(service[*app.Customers](t, a).Create(in)).ID
}

func TestFirstStartToReopen(t *testing.T) {
	t.Parallel()
	dir, ring := t.TempDir(), new(ringtest.Memory)
	a, host := startApp(t, dir, ring)
	start := service[*app.Start](t, a)
	st := must[app.StartState](t)(start.State())
	if st.Kind != "none" || !st.Keyring || st.DefaultDevice == "" {
		t.Fatalf("before: got %+v, want none with a keyring", st)
	}
	_, err := service[*app.Customers](t, a).List(app.ListRequest{})
	if code, _ := codeOf(t, err); code != "locked" {
		t.Errorf("list without a book: got %q, want locked", code)
	}
	st = must[app.StartState](t)(start.Create(company))
	if st.Kind != "open" || st.Workspace != company.Company || st.Role != "founder" || !st.KitPending {
		t.Fatalf("created: got %+v", st)
	}
	id := addCustomer(t, a, "name", "苏州锦成机电有限公司", "mobile", "138 1290 5678", "contract_amount", "48万")
	confirmKit(t, start, host)
	a.Shutdown()

	b, _ := startApp(t, dir, ring)
	st = must[app.StartState](t)(service[*app.Start](t, b).State())
	if st.Kind != "open" || st.KitPending {
		t.Fatalf("reopened by the keyring: got %+v, want open, kit checked", st)
	}
	card := must[app.CustomerView](t)(service[*app.Customers](t, b).Get(id))
	got := map[string]app.ValueView{}
	for _, v := range card.Values {
		got[v.Field] = v
	}
	if v := got["mobile"]; v.Text != "138****5678" || v.Raw != "" || v.State != "masked" {
		t.Errorf("mobile: got %+v, want a mask and nothing else", v)
	}
	if v := got["contract_amount"]; v.Text != "¥480,000.00" || v.Raw != "480000.00" || v.Author == nil || !v.Author.Me {
		t.Errorf("amount: got %+v", v)
	}
}

func confirmKit(t *testing.T, start *app.Start, host *hall) {
	t.Helper()
	kit := must[app.Kit](t)(start.Kit())
	if len(kit.Groups) != 6 || len(kit.Ask) != 2 || kit.Ask[0] == kit.Ask[1] {
		t.Fatalf("kit: got %d groups, ask %v", len(kit.Groups), kit.Ask)
	}
	file := must[app.FileReply](t)(start.SaveKit())
	page := string(host.saved[filepath.Base(file.Path)])
	for _, group := range kit.Groups {
		if !strings.Contains(page, group) {
			t.Error("the printed sheet lacks a group")
		}
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "src=") {
		t.Error("the printed sheet loads something")
	}
	_, err := start.ConfirmKit("AAAAA BBBBB")
	if code, reason := codeOf(t, err); code != "wrong_secret" || reason != "kit" {
		t.Errorf("wrong groups: got %q %q", code, reason)
	}
	st := must[app.StartState](t)(start.ConfirmKit(kit.Groups[kit.Ask[0]] + " " + kit.Groups[kit.Ask[1]]))
	if st.KitPending {
		t.Error("the kit was typed back and is still pending")
	}
	_, err = start.Kit()
	if code, _ := codeOf(t, err); code != "not_found" {
		t.Errorf("the kit a second time: got %q, want not_found (LV8)", code)
	}
}

func TestPassphraseUnlockAndLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, _ := startApp(t, dir, nil)
	start := service[*app.Start](t, a)
	if st := must[app.StartState](t)(start.State()); st.Keyring {
		t.Error("no keyring here, but the state has one")
	}
	_, err := start.Create(company)
	if code, reason := codeOf(t, err); code != "invalid" || reason != "protection" {
		t.Errorf("create without any protection: got %q %q (KF5)", code, reason)
	}
	if err := start.Passphrase("long enough words"); err != nil {
		t.Fatal(err)
	}
	must[app.StartState](t)(start.Create(company))
	kit := must[app.Kit](t)(start.Kit())
	st := must[app.StartState](t)(start.Lock())
	if st.Kind != "locked" || st.Reason != "passphrase" {
		t.Errorf("locked: got %q %q", st.Kind, st.Reason)
	}
	_, err = start.Unlock("other words entirely")
	if code, _ := codeOf(t, err); code != "wrong_secret" {
		t.Errorf("wrong passphrase: got %q", code)
	}
	if st := must[app.StartState](t)(start.Unlock("long enough words")); st.Kind != "open" {
		t.Errorf("unlocked: got %+v", st)
	}
	must[app.StartState](t)(start.Lock())
	if st := must[app.StartState](t)(start.UnlockKit(strings.Join(kit.Groups, " "))); st.Kind != "open" {
		t.Errorf("unlocked by kit: got %+v", st)
	}
}

// A second start on the same directory is told who has it open; nothing of the
// first one changes.
func TestSecondStart(t *testing.T) {
	t.Parallel()
	dir, ring := t.TempDir(), new(ringtest.Memory)
	a, _ := startApp(t, dir, ring)
	must[app.StartState](t)(service[*app.Start](t, a).Create(company))
	b, _ := startApp(t, dir, ring)
	st := must[app.StartState](t)(service[*app.Start](t, b).State())
	if st.Kind != "locked" || st.Reason != "elsewhere" || st.Holder == "" || st.HolderPID != os.Getpid() {
		t.Errorf("second start: got %q %q %q %d, want locked elsewhere by this process", st.Kind, st.Reason, st.Holder, st.HolderPID)
	}
	addCustomer(t, a, "name", "苏州锦成机电有限公司")
	a.Shutdown()
	if st := must[app.StartState](t)(service[*app.Start](t, b).Unlock("")); st.Kind != "open" {
		t.Errorf("tried again: got %q %q, want open", st.Kind, st.Reason)
	}
}

// The same with a passphrase: who has the book open is told before it is asked
// for, and it is asked for once nobody has.
func TestSecondStartAsksForNoPassphrase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, _ := startApp(t, dir, nil)
	first := service[*app.Start](t, a)
	if err := first.Passphrase("long enough words"); err != nil {
		t.Fatal(err)
	}
	must[app.StartState](t)(first.Create(company))
	b, _ := startApp(t, dir, new(ringtest.Memory))
	start := service[*app.Start](t, b)
	elsewhere := func(when string, st app.StartState) {
		t.Helper()
		if st.Kind != "locked" || st.Reason != "elsewhere" || st.HolderPID != os.Getpid() {
			t.Errorf("%s: got %q %q %d, want locked elsewhere by this process", when, st.Kind, st.Reason, st.HolderPID)
		}
	}
	elsewhere("second start", must[app.StartState](t)(start.State()))
	elsewhere("tried again", must[app.StartState](t)(start.Unlock("")))
	elsewhere("with the passphrase", must[app.StartState](t)(start.Unlock("long enough words")))
	a.Shutdown()
	if st := must[app.StartState](t)(start.Unlock("")); st.Kind != "locked" || st.Reason != "passphrase" {
		t.Errorf("closed there: got %q %q, want to be asked for the passphrase", st.Kind, st.Reason)
	}
	if st := must[app.StartState](t)(start.Unlock("long enough words")); st.Kind != "open" {
		t.Errorf("unlocked: got %q %q", st.Kind, st.Reason)
	}
}

// A damaged file is named, so that a backup of it can be put back; it stays as it
// is until then.
func TestKF7_StartNamesTheDamagedFile(t *testing.T) {
	t.Parallel()
	dir, ring := t.TempDir(), new(ringtest.Memory)
	a, _ := startApp(t, dir, ring)
	must[app.StartState](t)(service[*app.Start](t, a).Create(company))
	addCustomer(t, a, "name", "苏州锦成机电有限公司")
	a.Shutdown()
	for file, name := range map[string]string{"keys.tc": "keys.tc", "store/db/000001.sst": ""} {
		path := filepath.Join(dir, "book", filepath.FromSlash(file))
		if name == "" {
			tables, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.sst"))
			if err != nil || len(tables) == 0 {
				t.Fatalf("no table: %v", err)
			}
			path, name = tables[0], "store/db/"+filepath.Base(tables[0])
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		damaged := append(bytes.Repeat([]byte{0x5a}, len(whole)/2), whole[len(whole)/2:]...)
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		b, _ := startApp(t, dir, ring)
		st := must[app.StartState](t)(service[*app.Start](t, b).State())
		if st.Kind != "locked" || st.Reason != map[bool]string{true: "damaged_keys", false: "damaged"}[name == "keys.tc"] || st.Damaged != name {
			t.Errorf("%s: got %q %q %q", name, st.Kind, st.Reason, st.Damaged)
		}
		b.Shutdown()
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, damaged) {
			t.Errorf("%s was touched: %v", name, err)
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, _ := startApp(t, dir, ring)
	if st := must[app.StartState](t)(service[*app.Start](t, c).State()); st.Kind != "open" {
		t.Errorf("with the files put back: got %q %q", st.Kind, st.Reason)
	}
}

func TestRevealIsOnlyWhatWasAsked(t *testing.T) {
	t.Parallel()
	a, _ := openApp(t)
	id := addCustomer(t, a, "name", "苏州锦成机电有限公司", "mobile", "13812905678", "bank_account", "6222021102012345126")
	r := must[app.RevealReply](t)(service[*app.Customers](t, a).Reveal(app.RevealRequest{ID: id, Fields: []string{"mobile"}}))
	if len(r.Values) != 1 || r.Values[0].Raw != "13812905678" || r.Values[0].Text != "138 1290 5678" || r.Seconds != 30 {
		t.Errorf("reveal: got %+v", r)
	}
}

func TestHistoryAndRestore(t *testing.T) {
	t.Parallel()
	a, _ := openApp(t)
	id := addCustomer(t, a, "name", "苏州锦成机电有限公司", "address", "人民路 1 号")
	customers, history := service[*app.Customers](t, a), service[*app.History](t, a)
	set := must[app.SetReply](t)(customers.Set(app.SetRequest{ID: id, Values: []app.FieldValue{{Field: "address", Text: "人民路 2 号"}}}))
	past := must[app.HistoryReply](t)(history.List(app.HistoryRequest{ID: id, Field: "address"}))
	if past.Total != 2 || past.Entries[0].Change != set.Change || past.Entries[0].Values[0].Before != "人民路1号" && past.Entries[0].Values[0].Before != "人民路 1 号" {
		t.Fatalf("history: got %+v", past)
	}
	first := past.Entries[1].Change
	if at := must[app.CustomerView](t)(history.At(app.AtRequest{ID: id, Change: first})); valueOf(at, "address").Text == valueOf(must[app.CustomerView](t)(customers.Get(id)), "address").Text {
		t.Error("the card at the first change shows today's address")
	}
	must[app.SetReply](t)(history.Restore(app.RestoreRequest{ID: id, Change: first, Fields: []string{"address"}}))
	again := must[app.SetReply](t)(history.Restore(app.RestoreRequest{ID: id, Change: first, Fields: []string{"address"}}))
	if again.Change != "" {
		t.Error("restoring what stands there already made a change")
	}
	if n := must[app.HistoryReply](t)(history.List(app.HistoryRequest{ID: id, Field: "address"})).Total; n != 3 {
		t.Errorf("after restore: got %d entries, want 3", n)
	}
}

func valueOf(c app.CustomerView, field string) app.ValueView {
	for _, v := range c.Values {
		if v.Field == field {
			return v
		}
	}
	return app.ValueView{}
}

func TestListFiltersAndBin(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	customers := service[*app.Customers](t, a)
	id := addCustomer(t, a, "name", "苏州锦成机电有限公司", "contract_amount", "48万", "mobile", "13812905678")
	addCustomer(t, a, "name", "宁波海沃液压有限公司", "contract_amount", "1000")
	for name, in := range map[string]app.ListRequest{
		"amount as typed": {Filters: []app.Filter{{Field: "contract_amount", Op: "min", Values: []string{"10万"}}}},
		"phone as typed":  {Filters: []app.Filter{{Field: "mobile", Op: "is", Values: []string{"138 1290 5678"}}}},
		"pinyin":          {Text: "jincheng"},
		"last four":       {Filters: []app.Filter{{Field: "mobile", Op: "last4", Values: []string{"5678"}}}},
	} {
		in.Fields, in.Limit = []string{"name", "nonsense"}, 10
		r := must[app.ListReply](t)(customers.List(in))
		if r.Total != 1 || len(r.Rows) != 1 || r.Rows[0].ID != id || len(r.Rows[0].Cells) != 2 {
			t.Errorf("%s: got %+v, want the one customer", name, r)
		}
	}
	_, err := customers.List(app.ListRequest{Filters: []app.Filter{{Field: "nonsense", Op: "is", Values: []string{"1"}}}, Limit: 1})
	if code, _ := codeOf(t, err); code != "invalid" {
		t.Errorf("unknown field: got %q, want invalid", code)
	}
	check := must[app.CheckReply](t)(customers.Check(app.CheckRequest{Field: "mobile", Text: "138-1290-5678"}))
	if check.Text != "13812905678" || len(check.Exists) != 1 || check.Exists[0] != id {
		t.Errorf("check: got %+v, want the customer that has it", check)
	}
	must[app.SetReply](t)(customers.Delete(id))
	if r := must[app.ListReply](t)(customers.List(app.ListRequest{Deleted: true, Limit: 10})); r.Total != 1 {
		t.Errorf("recycle bin: got %d, want 1", r.Total)
	}
	must[app.SetReply](t)(customers.Undelete(id))
	if hits := must[app.SearchReply](t)(customers.Search("锦成")); hits.Total != 1 {
		t.Errorf("search: got %+v", hits)
	}
	_, err = customers.Create(app.NewRequest{Values: []app.FieldValue{{Field: "city", Text: "苏州"}}})
	if code, _ := codeOf(t, err); code != "invalid" {
		t.Errorf("a customer without a name: got %q, want invalid", code)
	}
	eventually(t, "customers:changed after writes", func() bool { return host.heard(app.EventCustomers) })
}
