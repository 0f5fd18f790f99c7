package e2e

import (
	"bytes"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// relayProcess is a tongce-relay that can be stopped, killed and started again
// on the same port.
type relayProcess struct {
	program, dir, listen string
	env                  []string
	address              string // HOST:PORT#R

	mu   sync.Mutex
	cmd  *exec.Cmd
	logs lockedBuffer
}

// lockedBuffer takes what a process writes while a test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newRelay starts a relay on a free port; it ends with the test.
func newRelay(t *testing.T) *relayProcess {
	t.Helper()
	r := &relayProcess{program: built.relay, dir: filepath.Join(t.TempDir(), "relay"), listen: freePort(t)}
	r.start(t)
	t.Cleanup(r.kill)
	return r
}

// freePort is an address for a relay that comes back at it. It is none of those
// that the system gives to whoever asks for any: while the relay is away, one of
// the many connections here would get it.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		at := net.JoinHostPort("127.0.0.1", strconv.Itoa(20_000+rand.IntN(12_000)))
		ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", at)
		if err != nil {
			continue // somebody has it
		}
		_ = ln.Close()
		return at
	}
	t.Fatal("no port is free")
	return ""
}

func (r *relayProcess) start(t *testing.T) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	cmd := exec.Command(r.program, "serve", "--data", r.dir, "--listen", r.listen)
	cmd.Env = append(os.Environ(), r.env...)
	cmd.Stderr = &r.logs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.cmd = cmd
	line := make(chan string, 1)
	go func() { // ends with the process
		b := make([]byte, 4096)
		n, _ := out.Read(b)
		line <- strings.TrimSpace(string(b[:n]))
	}()
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case r.address = <-line:
	case <-late.C:
	}
	if !strings.Contains(r.address, "#") {
		t.Fatalf("the relay did not start: %q\n%s", r.address, r.logs.String())
	}
}

// kill is kill -9.
func (r *relayProcess) kill() { r.end(syscall.SIGKILL) }

// stop is the graceful end; it tells whether the relay exited with 0.
func (r *relayProcess) stop() bool { return r.end(syscall.SIGTERM) }

func (r *relayProcess) end(how syscall.Signal) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd == nil {
		return true
	}
	_ = r.cmd.Process.Signal(how)
	err := r.cmd.Wait()
	r.cmd = nil
	return err == nil
}

// office is a relay with two departments: A founded the book, B joined.
type office struct {
	relay *relayProcess
	a, b  *desk
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{relay: newRelay(t), a: newDesk(t), b: newDesk(t)}
	o.a.found(t, o.relay.address)
	o.b.join(t, o.a.invite(t, "客服部", "陈静"), "陈静")
	return o
}

// found makes a book; without a relay's address it has none.
func (d *desk) found(t *testing.T, relay string) {
	t.Helper()
	args := []string{"init", "--name", "锦成机电", "--member", "吴迪", "--department", "销售部"}
	if relay != "" {
		args = append(args, "--relay", relay)
	}
	d.ok(t, nil, args...)
}

func (d *desk) invite(t *testing.T, department, member string) string {
	t.Helper()
	var v struct{ Link string }
	d.ok(t, &v, "invite", "--role", "colleague", "--department", department, "--member", member)
	return v.Link
}

func (d *desk) join(t *testing.T, link, member string) {
	t.Helper()
	d.ok(t, nil, "join", "--member", member, link)
}

// sync brings both desks to the same book: A twice, as B's changes come to the
// relay after A was there.
func (o *office) sync(t *testing.T) {
	t.Helper()
	o.a.sync(t)
	o.b.sync(t)
	o.a.sync(t)
}

// equal fails when the two desks do not export the same book.
func (o *office) equal(t *testing.T) {
	t.Helper()
	if a, b := o.a.export(t, "csv"), o.b.export(t, "csv"); !bytes.Equal(a, b) {
		t.Errorf("the two books are not equal: %d and %d bytes%s", len(a), len(b), differing(a, b))
	}
}

// differing shows the first line that is not equal.
func differing(a, b []byte) string {
	left, right := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range left {
		if i >= len(right) || !bytes.Equal(left[i], right[i]) {
			other := []byte("nothing")
			if i < len(right) {
				other = right[i]
			}
			return "\n" + string(left[i]) + "\n" + string(other)
		}
	}
	return ""
}
