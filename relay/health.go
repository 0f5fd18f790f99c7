package relay

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
)

// health is what anyone may read (WI17), and whether the relay can work (WI15).
type health struct {
	Log        string `json:"log"`
	LastSeq    uint64 `json:"lastSeq"`
	CharterSeq uint64 `json:"charterSeq"`
	Problem    string `json:"problem,omitempty"`
}

func (s *Server) serveHealth(w http.ResponseWriter, _ *http.Request) {
	st := s.Stats()
	h := health{Log: st.Log, LastSeq: st.LastSeq, CharterSeq: st.CharterSeq}
	s.mu.Lock()
	if s.failed != nil {
		h.Problem = "log"
	}
	s.mu.Unlock()
	if st.ClockBehind {
		h.Problem = "clock"
	}
	w.Header().Set("Content-Type", "application/json")
	if h.Problem != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(h) // the asker is gone if this fails
}

// Metrics answers with the numbers of Stats in Prometheus' text form. It is for
// an address that only the operator reaches (WI17).
func (s *Server) Metrics() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		writeMetrics(w, s.Stats())
	})
}

func writeMetrics(w io.Writer, s Stats) {
	value := func(kind, name, help string, n uint64) {
		fmt.Fprintf(w, "# HELP tongce_relay_%s %s\n# TYPE tongce_relay_%s %s\ntongce_relay_%s %d\n", name, help, name, kind, name, n)
	}
	size := func(n int) uint64 { return uint64(max(n, 0)) }
	value("gauge", "log_seq", "Last sequence of the log.", s.LastSeq)
	value("gauge", "charter_seq", "Last sequence of the charter.", s.CharterSeq)
	value("gauge", "documents", "Documents held.", size(s.Documents))
	value("gauge", "log_bytes", "Bytes in the log.", s.Bytes)
	value("gauge", "connections", "Open connections.", size(s.Connections))
	value("gauge", "devices", "Connected devices.", size(s.Devices))
	value("gauge", "queued_bytes", "Bytes waiting to be sent.", size(s.QueuedBytes))
	value("counter", "messages_total", "Messages received.", s.Messages)
	value("counter", "accepted_total", "Envelopes accepted since the start, those read at the start with them.", s.Accepted)
	value("counter", "void_total", "Envelopes judged bad in the log.", s.Void)
	value("counter", "packs_total", "Documents packed.", s.Packs)
	value("counter", "compressed_total", "Batches compressed.", s.Compressed)
	value("counter", "reread_total", "Documents read again for an edit of an old state.", s.Reread)
	value("counter", "statements_total", "Charter records receipted.", s.Statements)
	value("counter", "reports_total", "Refusals that receivers reported.", s.Reports)
	fmt.Fprint(w, "# HELP tongce_relay_refused_total Refusals by code.\n# TYPE tongce_relay_refused_total counter\n")
	for _, code := range slices.Sorted(maps.Keys(s.Refusals)) {
		fmt.Fprintf(w, "tongce_relay_refused_total{code=%q} %d\n", code, s.Refusals[code])
	}
}
