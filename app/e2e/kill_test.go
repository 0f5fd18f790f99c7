package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// seeded is the randomness of a test; the seed is printed on failure.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(1)
	if s, err := strconv.ParseUint(os.Getenv("TONGCE_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("TONGCE_SEED=%d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 3))
}

// rounds is how often a process is killed in one test.
func rounds() int {
	if long() {
		return 60
	}
	return 3
}

// startUp is about how long a command takes until it reaches the book.
func (d *desk) startUp(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	d.ok(t, nil, "status")
	return time.Since(began)
}

// killed runs a command and ends it with kill -9 after a while, unless it ended
// before. It tells whether the command exited with 0.
func (d *desk) killed(t *testing.T, after time.Duration, args ...string) (done bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), after) // exec ends it with SIGKILL
	defer cancel()
	err := d.command(ctx, args...).Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return true
	case ctx.Err() != nil && (errors.As(err, &exit) || errors.Is(err, context.DeadlineExceeded)):
		return false
	}
	t.Errorf("%v failed by itself: %v", args, err)
	return false
}

// between picks a moment in which a command that starts in d does its work.
func between(r *rand.Rand, d time.Duration) time.Duration {
	return d/2 + time.Duration(r.Int64N(int64(d)))
}

// What a set that exited with 0 wrote is there after any kill; one that was
// killed wrote its value whole or not at all.
func TestKillDuringSet(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	d := newDesk(t)
	d.found(t, "")
	id := d.create(t, "name=甲公司", "mobile=13700000000").ID
	wait := d.startUp(t)
	last := "13700000000"
	cut := 0
	times := 8 * rounds() // a command is short
	for i := range times {
		next := fmt.Sprintf("137%08d", i+1)
		doubtful := ""
		if d.killed(t, between(r, wait), "set", id, "mobile="+next) {
			last = next
		} else {
			doubtful = next
			cut++
		}
		got := d.show(t, id).Fields["mobile"]
		if got != last && (got != doubtful || doubtful == "") {
			t.Fatalf("round %d: got %q, want %q or %q", i, got, last, doubtful)
		}
		last = got
	}
	t.Logf("%d of %d were killed", cut, times)
	d.whole(t, 1)
}

// manyRows writes a sheet with that many customers.
func manyRows(t *testing.T, n int) string {
	t.Helper()
	lines := []string{"客户名称,手机,客户等级,备注"}
	for i := range n {
		lines = append(lines, fmt.Sprintf("第%d号机电有限公司,139%08d,普通,第%d行", i+1, i+1, i+2))
	}
	return writeCSV(t, "大名单.csv", lines...)
}

// An import that is killed goes on where it was cut off, and the file again
// plans nothing new.
func TestKillDuringImport(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	d := newDesk(t)
	d.found(t, "")
	rows := 1500
	if long() {
		rows = 20000
	}
	file := manyRows(t, rows)
	began := time.Now()
	d.imports(t, "--plan", file)
	plans := time.Since(began) // writing begins about then
	cut, seen := 0, 0
	for i := range rounds() {
		if d.killed(t, plans*8/10+time.Duration(r.Int64N(int64(plans/2))), "import", file) {
			break
		}
		cut++
		now := d.list(t).Total
		if now < seen {
			t.Fatalf("round %d: %d customers, there were %d", i, now, seen)
		}
		seen = now
		t.Logf("killed with %d rows written", seen)
	}
	d.imports(t, file)
	if plan := d.imports(t, "--plan", file); plan.New != 0 || plan.Updated != 0 || plan.Same != rows {
		t.Errorf("the file again: %+v, want all %d the same", plan, rows)
	}
	t.Logf("%d kills", cut)
	d.whole(t, rows)
	d.clean(t)
}

// Kills of relay and desktops in the middle of an exchange lose nothing: the
// books end equal and hold every edit that was answered with 0.
func TestKillDuringSync(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	o := newOffice(t)
	file := manyRows(t, 200)
	o.a.imports(t, file)
	o.sync(t)
	all := o.a.list(t)
	wait := o.a.startUp(t)
	want := map[string]string{} // the remark of each customer that somebody wrote
	for i := range rounds() {
		for _, d := range []*desk{o.a, o.b} {
			id := all.Customers[r.IntN(len(all.Customers))].ID
			for want[id] != "" { // one writer each: no conflicts here
				id = all.Customers[r.IntN(len(all.Customers))].ID
			}
			text := fmt.Sprintf("第 %d 轮", i)
			d.set(t, id, "remark="+text)
			want[id] = text
		}
		switch r.IntN(3) {
		case 0:
			o.a.killed(t, between(r, wait), "sync", "--once")
		case 1:
			o.b.killed(t, between(r, wait), "sync", "--once")
		case 2:
			o.killRelay(t, between(r, wait))
		}
	}
	o.sync(t)
	o.sync(t)
	o.equal(t)
	for _, c := range o.b.list(t).Customers {
		if w, ok := want[c.ID]; ok && c.Fields["remark"] != w {
			t.Errorf("%s: got %q, want %q", c.ID, c.Fields["remark"], w)
		}
	}
	for _, d := range []*desk{o.a, o.b} {
		d.whole(t, 200)
		d.clean(t)
	}
	o.relay.verify(t)
}

// killRelay kills the relay while A exchanges with it, and starts it again.
func (o *office) killRelay(t *testing.T, after time.Duration) {
	t.Helper()
	ended := make(chan reply, 1)
	go func() { ended <- o.a.run(t, "sync", "--once", "--timeout", "10s") }()
	late := time.NewTimer(after)
	defer late.Stop()
	<-late.C
	o.relay.kill()
	if r := <-ended; r.code != 0 && r.code != 4 {
		t.Errorf("the relay was killed: want exit 0 or 4: %v", r)
	}
	o.relay.start(t)
}

// verify checks all that a relay holds; it is stopped for it.
func (r *relayProcess) verify(t *testing.T) {
	t.Helper()
	if !r.stop() {
		t.Errorf("the relay did not end well:\n%s", r.logs.String())
	}
	out, err := exec.CommandContext(t.Context(), r.program, "verify", "--data", r.dir).CombinedOutput()
	if err != nil {
		t.Errorf("tongce-relay verify: %v\n%s", err, out)
	}
}
