package relay

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
)

const childDir = "TONGCE_RELAY_TEST_DIR"

// TestMain lets the test binary be the relay process that a test kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(dir string) error {
	ctx := context.Background()
	s, err := New(ctx, ServerConfig{Dir: dir, Now: time.Now, Random: rand.Reader})
	if err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, s.Close())
	}
	fmt.Println(ln.Addr())
	return s.Serve(ln)
}

type process struct {
	cmd  *exec.Cmd
	addr string
	end  sync.Once
}

func startChild(t *testing.T, dir string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0], "-test.run=^$")}
	p.cmd.Env = append(os.Environ(), childDir+"="+dir)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("child: %v", err)
	}
	p.addr = strings.TrimSpace(line)
	return p
}

func (p *process) kill() {
	p.end.Do(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
}

// kill -9 at random moments between push and answer loses nothing that was
// acknowledged, and what was not is taken once when it is sent again (EN7).
func TestKill9_NothingAcknowledgedIsLost(t *testing.T) {
	t.Parallel()
	rounds := 4
	if os.Getenv("TONGCE_LONG") != "" {
		rounds = 60
	}
	const seed = 70
	random := mathrand.New(mathrand.NewPCG(seed, 0))
	scene := gatetest.New(t, seed)
	dir := t.TempDir()
	k := &keyFile{path: filepath.Join(dir, keyName), key: scene.W.Relay}
	if err := k.write(Memory{}); err != nil {
		t.Fatal(err)
	}
	acked := map[canon.Hash]uint64{}
	killedWaiting := 0
	var pending []wire.Envelope
	for round := range rounds {
		p := startChild(t, dir)
		d := dialDev(t, scene, p.addr, scene.Founder)
		d.link.(*wsLink).lost = true
		if !d.shake() {
			t.Fatalf("seed %d round %d: handshake: %s", seed, round, d.failed)
		}
		pending = append(pending, creates(scene, "edit", 640)...)
		// It dies a moment after one of its frames went out, not after so many
		// milliseconds: how far a push is by then is another thing on each machine.
		at, after := random.IntN(len(pending)/wire.MaxPush-2), time.Duration(random.IntN(3000))*time.Microsecond
		var late *time.Timer
		d.link.(*wsLink).wrote = func() {
			if at--; at == -1 {
				late = time.AfterFunc(after, p.kill)
			}
		}
		pending = d.pushUntilCut(t, scene, pending, acked)
		if len(pending) > 0 {
			killedWaiting++
		}
		late.Stop()
		p.kill()
	}
	p := startChild(t, dir)
	d := dialDev(t, scene, p.addr, scene.Founder)
	if !d.shake() {
		t.Fatal(d.failed)
	}
	if rest := d.pushUntilCut(t, scene, pending, acked); len(rest) > 0 {
		t.Fatalf("%d envelopes left", len(rest))
	}
	b := newBook()
	d.pull(b, 0)
	for id, seq := range acked {
		if b.records[id].Seq != seq {
			t.Errorf("seed %d: acknowledged at %d, found at %d", seed, seq, b.records[id].Seq)
		}
	}
	if len(b.records) != len(acked) {
		t.Errorf("seed %d: %d records for %d acknowledged", seed, len(b.records), len(acked))
	}
	if killedWaiting == 0 {
		t.Errorf("seed %d: no kill hit a push under way", seed)
	}
	t.Logf("%d rounds, %d kills with pushes under way, %d envelopes acknowledged", rounds, killedWaiting, len(acked))
}

// pushUntilCut pushes until the connection ends, keeps what was acknowledged,
// and returns what was not.
func (d *dev) pushUntilCut(t *testing.T, scene *gatetest.Scene, list []wire.Envelope, acked map[canon.Hash]uint64) []wire.Envelope {
	t.Helper()
	for len(list) > 0 {
		part := list[:min(wire.MaxPush, len(list))]
		f := &wire.Push{}
		for _, e := range part {
			f.Envelopes = append(f.Envelopes, e.Encode())
		}
		a, ok := d.ask(f).(*wire.Pushed)
		if !ok {
			return list
		}
		for i, r := range a.Results {
			id := part[i].ID(scene.W.ID)
			if r.Code != wire.CodeAccepted && r.Code != wire.CodeDuplicate {
				t.Fatalf("envelope refused: %s", r.Code)
			}
			if seq, known := acked[id]; known && seq != r.Seq {
				t.Errorf("one envelope at %d and at %d", seq, r.Seq)
			}
			acked[id] = r.Seq
		}
		list = list[len(part):]
	}
	return nil
}
