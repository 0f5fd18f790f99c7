package wire

import "unicode/utf8"

// Counts that a frame may hold. The message's size bounds the rest.
const (
	maxVersions  = 16
	maxProgram   = 64
	maxKeys      = 64
	maxKeyBytes  = 128
	signatureLen = 64
)

func (f *Hello) check() error {
	if len(f.Versions) == 0 || len(f.Versions) > maxVersions || !rising(f.Versions) {
		return malformed("%d versions", len(f.Versions))
	}
	if len(f.Program) > maxProgram {
		return malformed("program version of %d bytes", len(f.Program))
	}
	return nil
}

func (f *Challenge) check() error {
	if f.Time < 0 {
		return malformed("time before 1970")
	}
	return nil
}

func (f *Proof) check() error { return checkSignature(f.Signature) }

func (f *Ready) check() error {
	switch f.State {
	case StateNormal, StateHealing, StateRevoked:
		return nil
	}
	return malformed("state of %d bytes", len(f.State))
}

func (f *Resume) check() error { return f.Cursor.check() }

func (f *Pull) check() error { return f.Cursor.check() }

func (f *Batch) check() error {
	if f.Inflated > MaxInflated {
		return tooLarge("inflated batch", int(min(f.Inflated, 1<<62)), MaxInflated)
	}
	return f.Next.check()
}

func (c *Cursor) check() error {
	if c.Seq == 0 && *c != (Cursor{Log: c.Log}) {
		return malformed("cursor before the first record names one")
	}
	return nil
}

func (f *Push) check() error {
	if len(f.Envelopes) > MaxPush {
		return tooLarge("push", len(f.Envelopes), MaxPush)
	}
	if len(f.Envelopes) == 0 {
		return malformed("push of nothing")
	}
	return nil
}

func (f *Packs) check() error {
	if len(f.Packs) == 0 {
		return malformed("packs without a pack")
	}
	return nil
}

func (f *Pushed) check() error {
	for i := range f.Results {
		r := &f.Results[i]
		if err := checkAnswer(r.Code, r.Keys); err != nil {
			return err
		}
		placed := r.Code == CodeAccepted || r.Code == CodeDuplicate
		if placed != (r.Seq != 0) || !placed && (r.Time != 0 || r.C != 0) || r.Time < 0 {
			return malformed("result %d with a place that its code does not have", i)
		}
	}
	return nil
}

func (f *Failed) check() error {
	if f.Code == CodeAccepted || f.Code == CodeDuplicate {
		return malformed("error with a code of success")
	}
	return checkAnswer(f.Code, f.Keys)
}

// checkAnswer takes codes that this program does not know, as long as they
// look like one: a newer relay must be able to refuse an older device.
func checkAnswer(c Code, keys []string) error {
	if !plausible(c) {
		return malformed("code of %d bytes", len(c))
	}
	if len(keys) > maxKeys {
		return malformed("%d keys", len(keys))
	}
	for _, k := range keys {
		if len(k) > maxKeyBytes || !utf8.ValidString(k) {
			return malformed("key of %d bytes", len(k))
		}
	}
	return nil
}

func plausible(c Code) bool {
	if c == "" || len(c) > 32 {
		return false
	}
	for _, b := range []byte(c) {
		if (b < 'a' || b > 'z') && b != '_' {
			return false
		}
	}
	return true
}

func (f *Summary) check() error {
	if len(f.Ranges) != 0 && (len(f.Ranges) != SummaryRanges || len(f.Docs) != 0) {
		return malformed("summary of %d ranges and %d documents", len(f.Ranges), len(f.Docs))
	}
	for i := 1; i < len(f.Docs); i++ {
		if compareDocs(f.Docs[i-1].Doc, f.Docs[i].Doc) >= 0 {
			return malformed("documents of a summary out of order")
		}
	}
	return nil
}

func (f *Want) check() error {
	if len(f.Ranges) != 0 && len(f.Docs) != 0 || !rising(f.Ranges) {
		return malformed("want of %d ranges and %d documents", len(f.Ranges), len(f.Docs))
	}
	if n := len(f.Ranges); n > 0 && f.Ranges[n-1] >= SummaryRanges {
		return malformed("want of range %d", f.Ranges[n-1])
	}
	return nil
}

func (f *Report) check() error {
	for _, r := range f.Refused {
		if !plausible(r.Code) {
			return malformed("code of %d bytes", len(r.Code))
		}
	}
	return nil
}

func (f *Verdict) check() error {
	if f.Kind != VerdictHeal {
		return unsupported("verdict")
	}
	return checkSignature(f.Signature)
}

func checkSignature(sig []byte) error {
	if len(sig) != signatureLen {
		return malformed("signature of %d bytes", len(sig))
	}
	return nil
}

func rising[T uint16 | uint64](list []T) bool {
	for i := 1; i < len(list); i++ {
		if list[i-1] >= list[i] {
			return false
		}
	}
	return true
}
