package change_test

import (
	"bytes"
	"compress/flate"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
)

// golden reads a document of testdata: in each line the hash of a change and
// its chunk, as the core wrote them.
func golden(tb testing.TB, name string) (hashes []canon.Hash, chunks [][]byte) {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".hex"))
	check(tb, err)
	for line := range strings.Lines(string(b)) {
		first, second, _ := strings.Cut(strings.TrimSpace(line), " ")
		hash, err := canon.ParseHash(first)
		check(tb, err)
		chunk, err := hex.DecodeString(second)
		check(tb, err)
		hashes, chunks = append(hashes, hash), append(chunks, chunk)
	}
	return hashes, chunks
}

func TestGA8_GoldenChunks(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.hex")
	check(t, err)
	if len(files) < 5 {
		t.Fatalf("%d golden files", len(files))
	}
	deflated, found := 0, 0
	for _, file := range files {
		hashes, chunks := golden(t, strings.TrimSuffix(filepath.Base(file), ".hex"))
		s := change.NewState()
		for i, chunk := range chunks {
			found++
			plain, err := change.Inflate(chunk)
			check(t, err)
			if !bytes.Equal(plain, chunk) {
				deflated++
				_, err := change.Decode(chunk)
				wantViolation(t, err, change.CodeCorrupt, "type")
			}
			c, err := change.Decode(plain)
			check(t, err)
			read, err := change.Read(chunk)
			check(t, err)
			again, err := change.Encode(*read)
			check(t, err)
			if c.Hash != hashes[i] || read.Hash != hashes[i] || !bytes.Equal(again, plain) || c.Size() != len(plain) {
				t.Errorf("%s %d: hash %s or bytes differ", file, i, c.Hash)
			}
			if h, err := change.Hash(plain); err != nil || h != hashes[i] {
				t.Errorf("%s %d: Hash %s, %v", file, i, h, err)
			}
			check(t, s.Enter(c))
		}
	}
	if found < 10 || deflated == 0 {
		t.Errorf("%d golden chunks, %d deflated", found, deflated)
	}
}

func TestGoldenContent(t *testing.T) {
	t.Parallel()
	a := canon.ActorID(bytes.Repeat([]byte{0xaa}, 16))
	b := canon.ActorID(bytes.Repeat([]byte{0xbb}, 16))
	ops := func(name string) (out []change.Op) {
		_, chunks := golden(t, name)
		for _, chunk := range chunks {
			c, err := change.Read(chunk)
			check(t, err)
			out = append(out, c.Ops...)
		}
		return out
	}
	id := func(ctr uint64, actor canon.ActorID) change.OpID { return change.OpID{Ctr: ctr, Actor: actor} }
	set := func(key string, v change.Value, pred ...change.OpID) change.Op {
		return change.Op{Action: change.Set, Key: key, Value: v, Pred: pred}
	}
	memo := id(1, a)
	typed := func(elem change.OpID, s string) change.Op {
		return change.Op{Action: change.Set, Obj: memo, Elem: elem, Insert: true, Value: change.String(s)}
	}
	want := map[string][]change.Op{
		"values": {
			set("b:bytes", change.Bytes([]byte{0, 1, 0xff})), set("f:empty", change.String("")), set("f:false", change.Bool(false)),
			set("f:int", change.Int(-129)), set("f:int64", change.Int(-1<<63)), set("f:null", change.Null()), set("f:string", change.String("同册")),
			set("f:time", change.Timestamp(1_700_000_000_123)), set("f:true", change.Bool(true)), set("f:uint", change.Uint(1<<63)),
		},
		"cleared": {
			set("f:city", change.String("上海")), set("f:name", change.String("王伟")), set("f:city", change.Null(), id(1, a)),
			set("f:city", change.String("北京"), id(3, a)), set("f:city", change.String("深圳"), id(4, a)),
		},
		"memo": {
			{Action: change.MakeText, Key: "n:memo"},
			typed(change.OpID{}, "甲"), typed(id(2, a), "乙"), typed(id(3, a), "丙"),
			{Action: change.Delete, Obj: memo, Elem: id(3, a), Pred: []change.OpID{id(3, a)}},
			typed(id(2, a), "😀"),
		},
		"conflict": {
			set("f:name", change.String("一")), set("f:name", change.String("二"), id(1, a)), set("f:name", change.String("三"), id(1, a)),
			set("f:name", change.String("四"), id(2, a), id(2, b)),
		},
	}
	for name, want := range want {
		opts := cmp.AllowUnexported(change.Op{}, change.Value{})
		if diff := cmp.Diff(want, ops(name), opts); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestGA10_StockJavaScript: changes that @automerge/automerge 3.5.0 wrote on
// three devices, with the live values and heads that it ended with.
func TestGA10_StockJavaScript(t *testing.T) {
	t.Parallel()
	_, chunks := golden(t, "javascript")
	s, err := change.Replay(chunks)
	check(t, err)
	want, err := os.ReadFile(filepath.Join("testdata", "javascript.live"))
	check(t, err)
	compared := 0
	for line := range strings.Lines(string(want)) {
		words := strings.Fields(line)
		var got []string
		if words[0] == "heads" {
			for _, h := range s.Heads() {
				got = append(got, h.String())
			}
		} else {
			live, err := s.Live(words[0], nil)
			check(t, err)
			for _, e := range live {
				got = append(got, e.ID.String())
			}
		}
		if diff := cmp.Diff(words[1:], got); diff != "" {
			t.Errorf("%s (-javascript +state):\n%s", words[0], diff)
		}
		compared++
	}
	if len(chunks) < 30 || compared < 5 {
		t.Errorf("%d chunks, %d lines", len(chunks), compared)
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	_, chunks := golden(t, "conflict")
	parts, err := change.Split(bytes.Join(chunks, nil))
	check(t, err)
	if diff := cmp.Diff(chunks, parts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	_, err = change.Split(append(bytes.Join(chunks, nil), 1))
	wantViolation(t, err, change.CodeCorrupt, "GA8")
	if parts, err := change.Split(nil); err != nil || len(parts) != 0 {
		t.Errorf("nothing splits into %d, %v", len(parts), err)
	}
}

func TestGA8_InflateIsBounded(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	check(t, err)
	_, err = w.Write(make([]byte, 8<<20))
	check(t, err)
	check(t, w.Close())
	bomb := changetest.Repair(packed.Bytes())
	bomb[8] = 2
	_, err = change.Inflate(bomb)
	wantViolation(t, err, change.CodeTooLarge, "inflated")
}

// TestGA8_OtherForms: what means the same in other bytes is refused.
func TestGA8_OtherForms(t *testing.T) {
	t.Parallel()
	_, chunks := golden(t, "conflict")
	good := chunks[len(chunks)-1]
	body := changetest.Body(good)
	if !bytes.Equal(changetest.Repair(body), good) {
		t.Fatal("Repair does not give the chunk back")
	}
	seqAt := 1 + 2*32 + 1 + 16
	longer := bytes.Join([][]byte{body[:seqAt], {body[seqAt] | 0x80, 0}, body[seqAt+1:]}, nil)
	swapped := bytes.Join([][]byte{body[:1], body[33:65], body[1:33], body[65:]}, nil)
	badSum := bytes.Clone(good)
	badSum[4] ^= 1
	_, roots := golden(t, "memo")
	first := changetest.Body(roots[0]) // begins with 0, the number of dependencies
	cases := map[string][]byte{
		"longer first number": changetest.Repair(append([]byte{0x80}, first...)),
		"longer number":       changetest.Repair(longer),
		"deps in disorder":    changetest.Repair(swapped),
		"byte left over":      changetest.Repair(append(bytes.Clone(body), 0)),
		"byte behind":         append(bytes.Clone(good), 0),
		"checksum":            badSum,
		"cut":                 good[:len(good)-1],
		"nothing":             nil,
		"document chunk":      withType(good, 0),
		"deflated chunk":      withType(good, 2),
		"bundle":              withType(good, 3),
		"longer chunk length": bytes.Join([][]byte{good[:9], {good[9] | 0x80, good[10] | 0x80, 0}, good[11:]}, nil),
	}
	for name, b := range cases {
		_, err := change.Decode(b)
		if change.CodeOf(err) != change.CodeCorrupt {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func withType(chunk []byte, typ byte) []byte {
	b := bytes.Clone(chunk)
	b[8] = typ
	return b
}

// TestValueShowsNothing: a value printed by mistake gives no content away.
func TestValueShowsNothing(t *testing.T) {
	t.Parallel()
	v := change.String("13812345678")
	for _, s := range []string{v.String(), v.GoString()} {
		if strings.Contains(s, "138") {
			t.Errorf("shows %s", s)
		}
	}
	if v.Str() != "13812345678" || v.Bytes() != nil || v.Int() != 0 || v.Uint() != 0 || v.Bool() || v.IsNull() || v.Len() != 11 {
		t.Error("accessors of a string")
	}
	if n := change.Timestamp(-3); n.Int() != -3 || change.Uint(7).Uint() != 7 || !change.Bool(true).Bool() || !change.Null().IsNull() {
		t.Error("accessors of numbers")
	}
}
