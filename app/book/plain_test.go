package book_test

import (
	"testing"

	"tongce/app/book"
	"tongce/crdt/canon"
	"tongce/crdt/charter/chartertest"
)

func TestPlainOpensWhatTheRoleMayReveal(t *testing.T) {
	t.Parallel()
	w, li, chen := two(t)
	doc, _, err := li.Create(t.Context(), []book.Set{
		{Field: "name", Text: "锦成机电有限公司"}, {Field: "mobile", Text: "13812905678"}, {Field: "uscc", Text: "9132"},
	})
	if err != nil {
		t.Fatal(err)
	}
	audit := newDesk(t, w, w.Join(chartertest.RoleAuditor, chartertest.Company, "审计员"))
	for _, d := range []*desk{li, chen, audit} {
		learn(t, w, d.Repo)
	}
	(&relay{log: [16]byte{1}}).exchange(t, w, li, chen, audit)
	for name, x := range map[string]struct {
		desk   *desk
		mobile string
		hidden bool
	}{"author": {li, "13812905678", false}, "colleague": {chen, "13812905678", false}, "masked role": {audit, "", true}} {
		plain, ok, err := x.desk.Plain(doc)
		if err != nil || !ok {
			t.Errorf("%s: %v, %v", name, ok, err)
			continue
		}
		if plain.Fields["name"] != "锦成机电有限公司" || plain.Fields["mobile"] != x.mobile || plain.Flags["uscc"] == "" {
			t.Errorf("%s: got %v, flags %v", name, plain.Fields, plain.Flags)
		}
		if got := len(plain.Hidden) > 0; got != x.hidden {
			t.Errorf("%s: hidden %v, want %v", name, plain.Hidden, x.hidden)
		}
	}
	if _, ok, err := li.Plain(canon.DocID{1}); ok || err != nil {
		t.Errorf("unknown customer: got %v, %v", ok, err)
	}
}

func TestResealKeepsTheValue(t *testing.T) {
	t.Parallel()
	_, li, _ := two(t)
	doc, _, err := li.Create(t.Context(), []book.Set{{Field: "name", Text: "甲公司"}, {Field: "mobile", Text: "13812905678"}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := li.Repo.Read(doc)
	if err != nil {
		t.Fatal(err)
	}
	old, _ := v.Get("f:mobile")
	again, err := li.Reseal(doc, "f:mobile", old.Bytes())
	if err != nil || string(again) == string(old.Bytes()) {
		t.Fatalf("got %d bytes, %v, want another sealing", len(again), err)
	}
	for _, k := range []string{"f:email", "s:owner", "f:nope"} {
		if _, err := li.Reseal(doc, k, old.Bytes()); err == nil {
			t.Errorf("%s: a value of mobile was sealed anew there", k)
		}
	}
}
