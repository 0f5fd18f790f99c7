package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"tongce/app/book"
	"tongce/app/workspace"
	"tongce/crdt/canon"
)

// glance is how often it is looked whether an edit has become visible.
const glance = 200 * time.Microsecond

// editing measures one edit from A, where it is saved, through the relay to B,
// where it is saved and in the list.
func (s *suite) editing(ctx context.Context) (err error) {
	defer two()()
	x, err := s.newSite(ctx, "edit", true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	docs, err := fill(ctx, x.a, 0, 200)
	if err != nil {
		return err
	}
	x.a.Connect() //nolint:contextcheck // until Close, not as long as this call
	x.b.Connect() //nolint:contextcheck // until Close, not as long as this call
	last := docs[len(docs)-1]
	if err := s.until(ctx, func() bool { _, ok := x.b.Index.Customer(last); return ok }); err != nil {
		return err
	}
	var took []time.Duration
	for i := range 420 {
		doc, text := docs[i*7%len(docs)], fmt.Sprintf("第 %d 次修改", i)
		start := s.Now()
		if _, err := x.a.Book.Set(ctx, doc, book.Set{Field: "remark", Text: text}); err != nil {
			return err
		}
		err := s.until(ctx, func() bool {
			c, _ := x.b.Index.Customer(doc)
			return c.Search == text || c.Values["remark"].Text == text
		})
		if err != nil {
			return err
		}
		if i >= 20 { // the first ones warm up
			took = append(took, s.Now().Sub(start))
		}
		if err := rest(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
	s.note("edit: median %.1f ms", ms(median(took)))
	return s.report("edit", ms(at(0.95, took)), "ms p95", 12, len(took))
}

// until looks again and again, as long as an exchange may take.
func (s *suite) until(ctx context.Context, there func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, syncTimeout)
	defer cancel()
	t := time.NewTicker(glance)
	defer t.Stop()
	for !there() {
		select {
		case <-t.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for the other device: %w", ctx.Err())
		}
	}
	return nil
}

// transfer measures how new customers of A come to the relay, and from there to
// B.
func (s *suite) transfer(ctx context.Context) error {
	defer two()()
	var push, pull []time.Duration
	for n := range s.Runs {
		up, down, err := s.transferOnce(ctx, fmt.Sprintf("transfer%d", n))
		if err != nil {
			return err
		}
		push, pull = append(push, up), append(pull, down)
	}
	if err := s.report("push-10k", median(push).Seconds(), "s", 2*float64(s.Transfer)/10_000, len(push)); err != nil {
		return err
	}
	return s.report("pull-10k", median(pull).Seconds(), "s", 2*float64(s.Transfer)/10_000, len(pull))
}

func (s *suite) transferOnce(ctx context.Context, name string) (push, pull time.Duration, err error) {
	x, err := s.newSite(ctx, name, true)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, x.close(), os.RemoveAll(s.path(name))) }()
	if _, err = fill(ctx, x.a, 0, s.Transfer); err != nil {
		return 0, 0, err
	}
	relay := x.relay.pid()
	err = s.profiled("push-10k", func() (err error) { push, err = s.sync(ctx, x.a, relay, s.Transfer, 0); return err })
	if err != nil {
		return 0, 0, err
	}
	err = s.profiled("pull-10k", func() (err error) { pull, err = s.sync(ctx, x.b, relay, 0, s.Transfer); return err })
	return push, pull, err
}

// sync takes the time of an exchange, from dialling to both sides having
// everything and the index too. relay is the process at the other end; sent and
// received are at least what has to have happened.
func (s *suite) sync(ctx context.Context, w *workspace.Workspace, relay, sent, received int) (time.Duration, error) {
	start, here, there := s.Now(), processor(os.Getpid()), processor(relay)
	done, err := w.Sync(ctx, syncTimeout)
	took := s.Now().Sub(start)
	if done.Sent+done.Received > 1000 {
		s.note("sync: sent %d, received %d in %.2f s, %.2f s of processor here, %.2f s at the relay",
			done.Sent, done.Received, took.Seconds(), processor(os.Getpid())-here, processor(relay)-there)
	}
	if err != nil {
		return took, err
	}
	if done.Sent < sent || done.Received < received || done.Pending > 0 {
		return took, fmt.Errorf("sent %d, received %d, pending %d: %w", done.Sent, done.Received, done.Pending, errCount)
	}
	if have := w.Index.Len(); received > 0 && have < received {
		return took, fmt.Errorf("%d in the index: %w", have, errCount)
	}
	return took, nil
}

// firstPush takes the time from naming a relay in a running program to its having
// accepted all that was made before.
func (s *suite) firstPush(ctx context.Context, w *workspace.Workspace, relay *relayProcess) (time.Duration, error) {
	w.Connect() //nolint:contextcheck // until Close, not as long as this call
	start, here, there := s.Now(), processor(os.Getpid()), processor(relay.pid())
	if _, err := w.SetRelay(ctx, relay.address); err != nil {
		return 0, err
	}
	waiting, failed := 0, error(nil)
	err := s.until(ctx, func() bool {
		waiting, failed = w.Repo().OutboxLen()
		return waiting == 0 || failed != nil
	})
	if err = errors.Join(err, failed); err != nil {
		return 0, err
	}
	took := s.Now().Sub(start)
	s.note("first push: %.2f s, %.2f s of processor here, %.2f s at the relay",
		took.Seconds(), processor(os.Getpid())-here, processor(relay.pid())-there)
	return took, nil
}

// reopened is the big book opened again.
func (s *suite) reopened(ctx context.Context, w *workspace.Workspace, b *bigBook) (*workspace.Workspace, error) {
	if err := w.Close(); err != nil {
		return nil, err
	}
	return s.open(ctx, b.dir, b.ring)
}

// bigTransfer does the same with the big book, and then reconnects B.
func (s *suite) bigTransfer(ctx context.Context) (err error) {
	defer two()()
	b, err := s.imported(ctx)
	if err != nil {
		return err
	}
	x := &site{ringA: newRing(), ringB: newRing()}
	defer func() { err = errors.Join(err, x.close()) }()
	if x.relay, err = s.startRelay(ctx, s.path("bigsync", "relay")); err != nil {
		return err
	}
	if x.a, err = s.open(ctx, b.dir, b.ring); err != nil {
		return err
	}
	if err := x.a.WaitIndexed(ctx); err != nil {
		return err
	}
	var push time.Duration
	err = s.profiled("push-100k", func() (err error) { push, err = s.firstPush(ctx, x.a, x.relay); return err })
	if err != nil {
		return err
	}
	if x.a, err = s.reopened(ctx, x.a, b); err != nil { // what follows connects it now and then
		return err
	}
	if err := s.joinB(ctx, x, s.path("bigsync", "b")); err != nil {
		return err
	}
	var pull time.Duration
	err = s.profiled("pull-100k", func() (err error) { pull, err = s.sync(ctx, x.b, x.relay.pid(), 0, s.Customers); return err })
	if err != nil {
		return err
	}
	scale := float64(s.Customers) / 100_000
	if err := s.report("push-100k", push.Seconds(), "s", 25*scale, 1); err != nil {
		return err
	}
	if err := s.report("pull-100k", pull.Seconds(), "s", 20*scale, 1); err != nil {
		return err
	}
	return s.reconnecting(ctx, x)
}

// reconnecting measures B coming back, with nothing and with 100 customers
// changed meanwhile.
func (s *suite) reconnecting(ctx context.Context, x *site) error {
	var docs []canon.DocID
	err := x.a.Repo().Documents(func(d canon.DocID) error {
		if len(docs) < 101 && d != canon.SchemaDoc(x.a.ID()) {
			docs = append(docs, d)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var nothing, hundred []time.Duration
	for n := range 2*s.Runs + 1 {
		took, err := s.sync(ctx, x.b, x.relay.pid(), 0, 0)
		if err != nil {
			return err
		}
		nothing = append(nothing, took)
		for _, d := range docs[:100] {
			if _, err := x.a.Book.Set(ctx, d, book.Set{Field: "remark", Text: fmt.Sprintf("第 %d 轮", n)}); err != nil {
				return err
			}
		}
		if _, err := s.sync(ctx, x.a, x.relay.pid(), 100, 0); err != nil {
			return err
		}
		if took, err = s.sync(ctx, x.b, x.relay.pid(), 0, 100); err != nil {
			return err
		}
		hundred = append(hundred, took)
	}
	if err := s.report("reconnect", ms(median(nothing)), "ms", 20, len(nothing)); err != nil {
		return err
	}
	return s.report("reconnect-100", ms(median(hundred)), "ms", 150, len(hundred))
}
