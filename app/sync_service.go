package app

import (
	"strings"
	"time"

	"tongce/app/index"
	"tongce/crdt/canon"
)

// Sync is the relay, as the person at the desk sees it.
type Sync struct{ app *App }

// skewTold is the difference of clocks from which the person is told (UX 4.2).
const skewTold = 5 * time.Minute

// pendingShown is how many customers the list of what waits names.
const pendingShown = 200

// Status says how the exchange with the relay stands.
func (s *Sync) Status() (out SyncStatus, err error) {
	defer guard(s.app, "Sync.Status", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	return b.syncStatus(), nil
}

// unindexed is true when the feed has something for the index to read. What was
// only settled is nothing: a new book's own statements are, once they were sent.
func (s *session) unindexed() bool {
	const some = 64
	entries, err := s.Repo().Feed(s.Index.Applied(), some)
	for _, e := range entries {
		if !e.Settled {
			return true
		}
	}
	return err != nil || len(entries) == some
}

func (s *session) syncStatus() SyncStatus {
	st := s.Link.Status()
	out := SyncStatus{
		State: string(st.State), Pending: st.Pending, Rejected: st.Rejected, Done: st.Done, Total: st.Total,
		Sent: st.Sent, Received: st.Received, RoundTrip: float64(st.RoundTrip) / float64(time.Millisecond), Code: string(st.Code),
	}
	if n, err := s.Repo().OutboxLen(); err == nil { // the link counts while it is connected only
		out.Pending = n
	}
	out.Indexed, out.ToIndex, out.IndexSeconds = s.indexing.left(s.app.cfg.Now())
	if out.ToIndex == 0 && s.Index.Len() == 0 && s.unindexed() {
		out.ToIndex = 1 // it is not known yet how many, but a book that looks empty is not
	}
	if !st.Last.IsZero() {
		out.Last = st.Last.UTC().Format(time.RFC3339)
	}
	if st.Skew.Abs() > skewTold {
		out.ClockSkew = int(st.Skew / time.Second)
	}
	out.RelayMet = s.Charter().NeedsReceipts()
	out.Relays = []RelayView{}
	for _, r := range s.Relays() {
		if len(r.Addresses) == 0 { // that of the invented book, which is nowhere
			continue
		}
		v := RelayView{Address: strings.Join(r.Addresses, " "), Key: r.Key.String()}
		out.Relays = append(out.Relays, v)
		if out.Relay == "" || r.Key == st.Relay {
			out.Relay, out.RelayKey = v.Address, v.Key
		}
	}
	return out
}

// Now dials at once and says how things stand.
func (s *Sync) Now() (out SyncStatus, err error) {
	defer guard(s.app, "Sync.Now", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	b.Link.Nudge()
	return b.syncStatus(), nil
}

// SetRelay names the relay: HOST:PORT, or HOST:PORT#KEY as the relay prints it.
// While none was met, an empty text takes back the one that was named.
func (s *Sync) SetRelay(address string) (out SyncStatus, err error) {
	defer guard(s.app, "Sync.SetRelay", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	if _, err := b.SetRelay(s.app.ctx, strings.TrimSpace(address)); err != nil {
		return out, err
	}
	s.app.events.Happened(EventSync)
	return b.syncStatus(), nil
}

// Pending lists the customers with changes that the relay has not taken.
func (s *Sync) Pending() (out PendingReply, err error) {
	defer guard(s.app, "Sync.Pending", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	seen := map[canon.DocID]bool{}
	after := uint64(0)
	for {
		items, err := b.Repo().Outbox(after, index.MaxLimit)
		if err != nil {
			return out, err
		}
		if len(items) == 0 {
			break
		}
		for _, item := range items {
			after = item.N
			if seen[item.Doc] {
				continue
			}
			seen[item.Doc] = true
			if _, ok := b.Index.Customer(item.Doc); !ok {
				continue // the schema document and the like
			}
			out.Total++
			if len(out.Customers) < pendingShown {
				out.Customers = append(out.Customers, b.hit(item.Doc, "", ""))
			}
		}
	}
	return out, nil
}
