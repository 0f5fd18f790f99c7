package relay

import (
	"maps"

	"tongce/crdt/wire"
)

// Stats counts what a room holds and did since it was opened. Nothing in it
// names a person or a customer (WI12).
type Stats struct {
	Log         string               `json:"log"`
	LastSeq     uint64               `json:"lastSeq"`
	CharterSeq  uint64               `json:"charterSeq"`
	Workspace   string               `json:"workspace"` // first 8 characters
	State       string               `json:"state"`
	Documents   int                  `json:"documents"`
	Salts       int                  `json:"salts"`
	Bytes       uint64               `json:"bytes"`
	Connections int                  `json:"connections"`
	Devices     int                  `json:"devices"` // with a proven connection
	QueuedBytes int                  `json:"queuedBytes"`
	CachedDocs  int                  `json:"cachedDocs"`
	Messages    uint64               `json:"messages"`
	Accepted    uint64               `json:"accepted"`
	Void        uint64               `json:"void"`
	Packs       uint64               `json:"packs"`
	Compressed  uint64               `json:"compressed"`
	Reread      uint64               `json:"reread"` // documents, for an edit that follows folded ones
	Statements  uint64               `json:"statements"`
	Reports     uint64               `json:"reports"`
	BadSalts    uint64               `json:"badSalts"`
	Damaged     uint64               `json:"damaged"` // entries of the log that do not decode
	Slow        uint64               `json:"slow"`
	ClockBehind bool                 `json:"clockBehind"` // WI15
	AwaitsPacks int                  `json:"awaitsPacks"`
	Refusals    map[wire.Code]uint64 `json:"refusals"`
}

func (s *Stats) refuse(code wire.Code) {
	if code == "" || code == wire.CodeAccepted {
		return
	}
	if s.Refusals == nil {
		s.Refusals = map[wire.Code]uint64{}
	}
	s.Refusals[code]++
}

// Stats describes the room as it is.
func (r *Room) Stats() Stats {
	s := r.stats
	s.Refusals = maps.Clone(r.stats.Refusals)
	s.Log, s.LastSeq, s.Bytes = hexOf(r.logID[:]), r.index.applied, r.index.stored
	s.Connections, s.Devices, s.AwaitsPacks = len(r.conns), len(r.devices), r.packs.len()
	s.CachedDocs = r.cache.order.Len()
	for _, i := range r.index.docs {
		if i.exists {
			s.Documents++
		}
		if i.salt != nil {
			s.Salts++
		}
	}
	for _, c := range r.conns {
		s.QueuedBytes += c.queued
	}
	switch st := r.state(); {
	case st == nil:
		s.State = "empty"
	case r.healing():
		s.State = string(wire.StateHealing)
	default:
		s.State = string(wire.StateNormal)
	}
	if st := r.state(); st != nil {
		s.CharterSeq, s.Workspace = st.Head().Seq, short(r.w)
		s.ClockBehind = !r.now.IsZero() && r.now.Unix() < st.Time()
	}
	return s
}
