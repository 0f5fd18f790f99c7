package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"tongce/app"
)

const (
	feedRoom  = 256
	keepAlive = 15 * time.Second
)

// message is one event on its way to one page.
type message struct {
	id   int64
	name string
	data []byte
}

// Emit sends an event to every page that listens. A page that does not keep up
// loses its stream; it connects again and is told that everything changed.
func (h *Host) Emit(name string, event app.Event) {
	data, err := json.Marshal(event)
	if err != nil {
		return // numbers and texts only: cannot happen
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count++
	h.latest[name] = app.Event{Revision: event.Revision, Job: event.Job}
	for feed := range h.feeds {
		select {
		case feed <- message{h.count, name, data}:
		default:
			delete(h.feeds, feed)
			close(feed)
		}
	}
}

// listen opens a stream; one that was cut begins with every kind of event there
// was, so that nothing missed stays unseen.
func (h *Host) listen(again bool) (feed chan message, missed []message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	feed = make(chan message, feedRoom)
	h.feeds[feed] = struct{}{}
	if again {
		for name, event := range h.latest {
			if data, err := json.Marshal(event); err == nil {
				missed = append(missed, message{h.count, name, data})
			}
		}
	}
	return feed, missed
}

func (h *Host) leave(feed chan message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.feeds, feed)
}

// serveEvents is GET /events: server-sent events until the page leaves.
func (h *Host) serveEvents(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	// The server's limit for reading a request would end the stream.
	if control.SetReadDeadline(time.Time{}) != nil {
		return
	}
	feed, missed := h.listen(r.Header.Get("Last-Event-ID") != "")
	defer h.leave(feed)
	if _, err := fmt.Fprint(w, "retry: 500\nid: 0\n\n"); err != nil {
		return
	}
	for _, m := range missed {
		if writeEvent(w, m) != nil {
			return
		}
	}
	if control.Flush() != nil {
		return
	}
	beat := time.NewTicker(keepAlive)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
			_, err = fmt.Fprint(w, ": here\n\n")
		case m, open := <-feed:
			if !open {
				return
			}
			err = writeEvent(w, m)
		}
		if err != nil || control.Flush() != nil {
			return
		}
	}
}

func writeEvent(w http.ResponseWriter, m message) error {
	_, err := fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", m.id, m.name, m.data)
	return err
}
