package charter_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
)

func TestEC2_RecordForm(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 110)
	good, _ := w.Log.Record(1)
	b, err := charter.EncodeRecord(good)
	if err != nil {
		t.Fatal(err)
	}
	for n := range b {
		if _, err := charter.DecodeRecord(b[:n]); !errors.Is(err, canon.ErrEncoding) {
			t.Fatalf("record cut at %d: %v", n, err)
		}
	}
	if _, err := charter.DecodeRecord(append(b, 0)); !errors.Is(err, canon.ErrEncoding) {
		t.Errorf("trailing byte: %v", err)
	}
	for name, change := range map[string]func(*charter.Record){
		"no body":           func(r *charter.Record) { r.Body = nil },
		"no signature":      func(r *charter.Record) { r.Signatures = nil },
		"three signatures":  func(r *charter.Record) { r.Signatures = [][]byte{make([]byte, 64), make([]byte, 64), make([]byte, 64)} },
		"short signature":   func(r *charter.Record) { r.Signatures = [][]byte{make([]byte, 63)} },
		"short receipt":     func(r *charter.Record) { r.Receipt = &charter.Receipt{Signature: make([]byte, 63)} },
		"no receipt signed": func(r *charter.Record) { r.Receipt = &charter.Receipt{} },
	} {
		r := good
		change(&r)
		b, err := charter.EncodeRecord(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := charter.DecodeRecord(b); charter.CodeOf(err) != charter.CodeMalformed {
			t.Errorf("%s: %v, want malformed", name, err)
		}
	}
	if _, err := charter.DecodeRecord(make([]byte, charter.MaxStatement+5000)); charter.CodeOf(err) != charter.CodeTooLarge {
		t.Errorf("huge record: %v", err)
	}
}

func TestIN2_LinksThatAreNotOurs(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 111)
	link := w.Invite(charter.RoleColleague, chartertest.Sales, "").Link()
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(link, charter.LinkPrefix))
	if err != nil {
		t.Fatal(err)
	}
	text := func(b []byte) string { return charter.LinkPrefix + base64.RawURLEncoding.EncodeToString(b) }
	newer := append([]byte{}, raw...)
	newer[2] = 2
	if _, err := charter.ParseInvite(text(newer)); charter.CodeOf(err) != charter.CodeVersion {
		t.Errorf("newer link: %v, want unsupported_version", err)
	}
	blank := []byte(strings.Replace(string(raw), "127.0.0.1", "127\x010.0.1", 1))
	for name, l := range map[string]string{
		"other scheme": strings.Replace(link, "tongce", "https", 1), "not base64": link + "!", "trailing": text(append(raw, 0)),
		"address": text(blank),
	} {
		if _, err := charter.ParseInvite(l); charter.CodeOf(err) != charter.CodeMalformed {
			t.Errorf("%s: %v, want malformed", name, err)
		}
	}
	long := "x:a:" + strings.Repeat("b", 64) + ":" + strings.Repeat("c", 64)
	if _, err := charter.ParseKey(long); charter.CodeOf(err) != charter.CodeBadKey {
		t.Errorf("key of %d bytes: %v", len(long), err)
	}
}
