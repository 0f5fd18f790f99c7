package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"tongce/app/keychain"
	"tongce/crdt/canon"
	"tongce/crdt/store"
	"tongce/crdt/store/badgerstore"
)

// damage changes the first value under a prefix in the desk's store, as no disk
// could: the store's own checks pass it. It gives the key, what lay there, and a
// way to look.
func (d *desk) damage(prefix string) (key, was []byte) {
	d.t.Helper()
	d.inStore(func(tx store.Tx) error {
		err := tx.Scan([]byte(prefix), nil, func(k, v []byte) error {
			key, was = bytes.Clone(k), bytes.Clone(v)
			return store.ErrStop
		})
		if err != nil || key == nil {
			d.t.Fatalf("nothing under %q: %v", prefix, err)
		}
		bad := bytes.Clone(was)
		bad[len(bad)/2] ^= 0x10
		return tx.Put(key, bad)
	})
	return key, was
}

func (d *desk) inStore(fn func(store.Tx) error) {
	d.t.Helper()
	keys, err := keychain.Open(d.t.Context(), d.dir, keychain.Unlock{Ring: d.deps.KeyRing})
	if err != nil {
		d.t.Fatal(err)
	}
	defer keys.Close()
	secret, err := keys.StoreKey()
	if err != nil {
		d.t.Fatal(err)
	}
	st, err := badgerstore.Open(badgerstore.Options{Dir: filepath.Join(d.dir, "store"), Key: secret, Now: d.deps.Now})
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	if err := st.Update(store.Synced, fn); err != nil {
		d.t.Fatal(err)
	}
}

// TestCorruptRecord: a record, an own edit that waits, a salt or a statement that
// is not what was written is named by what it is and by its customer, in both
// languages; the other customers are as they were, and nothing of it is deleted.
func TestCorruptRecord(t *testing.T) {
	t.Parallel()
	address := startRelay(t)
	for _, c := range []struct {
		name, prefix, kind string
		synced             bool
	}{
		{"accepted record", "r/", "record", true},
		{"own edit that waits", "b/", "pending", false},
		{"salt", "a/", "salt", true},
		{"salt of what waits", "a/", "salt", false},
	} {
		d := newDesk(t)
		args := []string{"init", "--name", "a", "--member", "b", "--department", "c"}
		if c.synced {
			if address == "" {
				address = startRelay(t)
			}
			args, address = append(args, "--relay", address), ""
		}
		must[initReply](d, args...)
		must[imported](d, "import", csv(t, "二十.csv", 20))
		if c.synced {
			must[syncReply](d, "sync", "--once")
		}
		key, was := d.damage(c.prefix)
		id := canon.DocID(key[2:18]).String()
		for range 2 {
			d.lang = zh
			out, errs, code := d.run("verify", "--json")
			if code != 1 || !strings.Contains(out, `"id":"`+id+`","kind":"`+c.kind+`"`) {
				t.Errorf("%s: verify: exit %d, %s %s", c.name, code, out, errs)
			}
			human, _, _ := d.run("verify")
			d.lang = en
			english, _, _ := d.run("verify")
			if !strings.Contains(human, id) || !strings.Contains(human, "没有删除") || !strings.Contains(english, id) || !strings.Contains(english, "nothing was deleted") {
				t.Errorf("%s: for people: %q, %q", c.name, human, english)
			}
		}
		if l := must[listReply](d, "list"); l.Total != 20 {
			t.Errorf("%s: the list has %d customers", c.name, l.Total)
		}
		for _, row := range must[listReply](d, "list").Customers {
			if row.ID != id {
				must[cardReply](d, "set", row.ID, "remark=还能改")
			}
		}
		kept := false
		d.inStore(func(tx store.Tx) error {
			return tx.Scan(nil, nil, func(_, v []byte) error {
				kept = kept || bytes.Contains(v, was[:len(was)/2]) || bytes.Contains(v, was[len(was)/2+1:])
				return nil
			})
		})
		if !kept {
			t.Errorf("%s: what was damaged is gone", c.name)
		}
	}

	d := newDesk(t)
	d.init()
	must[cardReply](d, "new", "name=甲公司")
	key, was := d.damage("x/c/")
	for lang, want := range map[string]string{zh: "数据损坏", en: "damaged"} {
		d.lang = lang
		if got := d.fails(1, "list"); got != "corrupt" {
			t.Errorf("a damaged statement: %s", got)
		}
		if _, errs, _ := d.run("list"); !strings.Contains(errs, want) {
			t.Errorf("a damaged statement: %s", errs)
		}
	}
	d.inStore(func(tx store.Tx) error { return tx.Put(key, was) })
	if l := must[listReply](d, "list"); l.Total != 1 {
		t.Errorf("put back: %d customers", l.Total)
	}
}

// TestDamagedImportRecord: it is named by its batch, and its customers are as
// they were.
func TestDamagedImportRecord(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	must[initReply](d, "init", "--name", "a", "--member", "b", "--department", "c")
	batch := must[imported](d, "import", csv(t, "二十.csv", 20)).Batch
	if v := must[struct{ Problems []problemReply }](d, "verify"); len(v.Problems) != 0 {
		t.Fatalf("before: %+v", v.Problems)
	}
	d.inStore(func(tx store.Tx) error { // half of it
		at, err := canon.ParseText16(batch)
		if err != nil {
			return err
		}
		key := store.ImportKey(at, "job")
		b, err := tx.Get(key)
		if err != nil {
			return err
		}
		return tx.Put(key, bytes.Clone(b[:len(b)/2]))
	})
	out, errs, code := d.run("verify", "--json")
	if code != 1 || !strings.Contains(out, `"id":"`+batch+`","kind":"import"`) {
		t.Errorf("exit %d, want 1 and batch %s: %s%s", code, batch, out, errs)
	}
	if human, _, _ := d.run("verify"); !strings.Contains(human, batch) || !strings.Contains(human, "没有删除") {
		t.Errorf("for people: %q", human)
	}
	if l := must[listReply](d, "list"); l.Total != 20 {
		t.Errorf("%d customers", l.Total)
	}
}
