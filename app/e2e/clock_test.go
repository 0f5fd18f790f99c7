package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// clock is added to a package for these tests alone: its clock goes wrong by
// what the environment says.
const clock = `
import (
	"os"
	"time"
)

func wrongClock() time.Time {
	by, _ := time.ParseDuration(os.Getenv("TONGCE_E2E_CLOCK"))
	return time.Now().Add(by)
}
`

// withWrongClock builds a program whose clock is asked for in one file.
func withWrongClock(t *testing.T, program, file, name string) string {
	t.Helper()
	dir := t.TempDir()
	source, err := filepath.Abs(filepath.Join("..", "..", filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(text, []byte("Now: time.Now,")) != 1 {
		t.Fatalf("%s does not take the clock any more", file)
	}
	overlay := map[string]string{}
	for path, b := range map[string][]byte{
		source: bytes.Replace(text, []byte("Now: time.Now,"), []byte("Now: wrongClock,"), 1),
		filepath.Join(filepath.Dir(source), "wrongclock.go"): []byte("package " + name + "\n" + clock),
	} {
		to := filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(to, b, 0o600); err != nil {
			t.Fatal(err)
		}
		overlay[path] = to
	}
	b, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, b, 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, filepath.Base(program))
	if err := build(".", to, program, "-overlay", list); err != nil {
		t.Fatal(err)
	}
	return to
}

// timeless is a desk whose clock is wrong.
type timeless struct {
	*desk
	program string
	by      time.Duration
}

// run is desk.run under the wrong clock.
func (d *timeless) run(t *testing.T, args ...string) reply {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := d.command(ctx, args...)
	cmd.Path = d.program
	cmd.Env = append(cmd.Env, "TONGCE_E2E_CLOCK="+d.by.String())
	return finish(t, cmd, args)
}

func (d *timeless) ok(t *testing.T, v any, args ...string) {
	t.Helper()
	r := d.run(t, args...)
	if r.code != 0 {
		t.Fatal(r)
	}
	r.decode(t, v)
}

func (r *relayProcess) wrongBy(t *testing.T, by time.Duration) {
	t.Helper()
	r.kill()
	r.env = []string{"TONGCE_E2E_CLOCK=" + by.String()}
	r.start(t)
}

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// Clocks that are wrong: an invite ends by the relay's clock and no other
// (TR2), desktops in 1970 and in the year 2090 keep and exchange their edits
// (WI11), and a relay whose clock went back signs nothing new (WI15).
func TestClocks(t *testing.T) {
	t.Parallel()
	ctl := withWrongClock(t, "tongce/app/cmd/tongcectl", "app/workspace/deps.go", "workspace")
	relay := &relayProcess{
		program: withWrongClock(t, "tongce/relay/cmd/tongce-relay", "relay/cmd/tongce-relay/main.go", "main"),
		dir:     filepath.Join(t.TempDir(), "relay"), listen: freePort(t),
	}
	relay.start(t)
	t.Cleanup(relay.kill)
	a := newDesk(t)
	a.found(t, relay.address)
	link := a.invite(t, "客服部", "陈静")
	b := newDesk(t)

	// AT47: four days later by the relay's clock, a year before by the joiner's.
	relay.wrongBy(t, 4*day)
	zh := ""
	for _, lang := range []string{"zh_CN.UTF-8", "en_US.UTF-8"} {
		in := *b
		in.env = append(slices.Clone(b.env), "LC_ALL="+lang)
		r := (&timeless{desk: &in, program: ctl, by: -year}).run(t, "join", "--member", "陈静", link)
		code, message := r.failure(t)
		if r.code != 3 || code != "denied" || chinese(message) != (lang == "zh_CN.UTF-8") || message == zh {
			t.Errorf("an invite that has ended: %v", r)
		}
		zh = message
	}
	if _, err := os.Stat(b.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the attempt left a data directory: %v", err)
	}
	relay.wrongBy(t, 0)
	late := &timeless{desk: b, program: ctl, by: -year}
	late.ok(t, nil, "join", "--member", "陈静", link) // it had not been used up

	// Desktops in 1970 and in 2090.
	id := a.create(t, "name=甲公司").ID
	a.sync(t)
	past := &timeless{desk: a, program: ctl, by: time.Until(time.Unix(30*86400, 0))}
	future := &timeless{desk: b, program: ctl, by: 64 * year}
	future.ok(t, nil, "sync", "--once")
	past.ok(t, nil, "set", id, "remark=七零年", "level=普通")
	future.ok(t, nil, "set", id, "address=九零年", "level=重点")
	for range 2 {
		past.ok(t, nil, "sync", "--once")
		future.ok(t, nil, "sync", "--once")
	}
	o := &office{relay: relay, a: a, b: b}
	o.equal(t)
	v := b.show(t, id)
	if v.Fields["remark"] != "七零年" || v.Fields["address"] != "九零年" || len(v.Conflicts["level"]) != 2 {
		t.Errorf("after edits in 1970 and 2090: %+v", v)
	}
	for _, s := range v.Conflicts["level"] {
		if at, err := time.Parse(time.RFC3339, s.At); err != nil {
			t.Errorf("at %q: %v", s.At, err)
		} else {
			t.Logf("%s: %s", s.Member, at)
		}
	}

	// A relay that goes back behind what it has signed.
	relay.wrongBy(t, -year)
	r := a.run(t, "invite", "--role", "colleague", "--department", "财务部", "--member", "赵敏")
	if r.code == 0 {
		t.Errorf("a relay behind its own receipts signed: %v", r)
	} else if code, message := r.failure(t); r.code != 4 || code != "offline" || !strings.Contains(message, "稍后") {
		t.Errorf("a relay behind its own receipts: %v", r)
	}
	a.set(t, id, "city=苏州市")
	o.sync(t)
	if got := b.show(t, id).Fields["city"]; got != "苏州市" {
		t.Errorf("edits do not pass a relay whose clock is wrong: got %q", got)
	}
	relay.wrongBy(t, 0)
	o.sync(t)
	c := newDesk(t)
	c.join(t, a.invite(t, "财务部", "赵敏"), "赵敏")
	c.sync(t)
	o.equal(t)
	for _, d := range []*desk{a, b, c} {
		d.whole(t, 1)
	}
	relay.verify(t)
}
