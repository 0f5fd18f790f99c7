//go:build cgo

package change_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/automerge/automerge-go"

	"tongce/crdt/change/changetest"
)

// TestGoldenWrite writes testdata anew with the core, when TONGCE_UPDATE is 1.
// The vectors are fixed: the same core writes the same bytes, and this test
// always compares them.
func TestGoldenWrite(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*goldenDoc){
		"values": func(g *goldenDoc) {
			g.set("b:bytes", []byte{0, 1, 0xff})
			g.set("f:empty", "")
			g.set("f:false", false)
			g.set("f:int", int64(-129))
			g.set("f:int64", int64(-1<<63))
			g.set("f:null", nil)
			g.set("f:string", "同册")
			g.set("f:time", time.UnixMilli(1_700_000_000_123))
			g.set("f:true", true)
			g.set("f:uint", uint64(1<<63))
			g.commit("create")
		},
		"cleared": func(g *goldenDoc) {
			g.set("f:city", "上海")
			g.set("f:name", "王伟")
			g.commit("create")
			g.set("f:city", nil)
			g.commit("edit")
			g.set("f:city", "北京")
			g.set("f:city", "深圳")
			g.commit("edit")
		},
		"memo": func(g *goldenDoc) {
			g.set("n:memo", automerge.NewText(""))
			g.commit("create")
			g.splice(0, 0, "甲乙丙")
			g.commit("edit")
			g.splice(1, 1, "😀")
			g.commit("edit")
		},
		"conflict": func(g *goldenDoc) {
			g.set("f:name", "一")
			g.commit("create")
			other := g.fork("bb")
			g.set("f:name", "二")
			g.commit("edit")
			other.set("f:name", "三")
			other.commit("edit")
			_, err := g.doc.Merge(other.doc)
			check(g.t, err)
			g.lines = append(g.lines, other.lines...)
			g.set("f:name", "四")
			g.commit("resolve")
		},
		"deflated": func(g *goldenDoc) {
			g.set("f:long", strings.Repeat("很长的文字", 100))
			g.commit("create")
			g.deflate()
		},
	} {
		g := newGoldenDoc(t)
		write(g)
		got := strings.Join(g.lines, "\n") + "\n"
		path := filepath.Join("testdata", name+".hex")
		if os.Getenv("TONGCE_UPDATE") == "1" {
			check(t, os.WriteFile(path, []byte(got), 0o600))
		}
		want, err := os.ReadFile(path)
		check(t, err)
		if name != "deflated" && got != string(want) { // deflaters differ
			t.Errorf("%s: the core writes other bytes than it did", name)
		}
		hashes, chunks := golden(t, name)
		doc := automerge.New()
		check(t, doc.LoadIncremental(bytes.Join(chunks, nil)))
		for i, hash := range hashes {
			if _, err := doc.Change(automerge.ChangeHash(hash)); err != nil {
				t.Errorf("%s %d: the core does not read it: %v", name, i, err)
			}
		}
	}
}

type goldenDoc struct {
	t     *testing.T
	doc   *automerge.Doc
	lines []string
}

func newGoldenDoc(t *testing.T) *goldenDoc {
	t.Helper()
	g := &goldenDoc{t: t, doc: automerge.New()}
	check(t, g.doc.SetActorID(strings.Repeat("aa", 16)))
	return g
}

func (g *goldenDoc) fork(actor string) *goldenDoc {
	g.t.Helper()
	doc, err := g.doc.Fork()
	check(g.t, err)
	check(g.t, doc.SetActorID(strings.Repeat(actor, 16)))
	return &goldenDoc{t: g.t, doc: doc}
}

func (g *goldenDoc) set(key string, value any) {
	g.t.Helper()
	check(g.t, g.doc.RootMap().Set(key, value))
}

func (g *goldenDoc) splice(pos, del int, s string) {
	g.t.Helper()
	check(g.t, g.doc.Path("n:memo").Text().Splice(pos, del, s))
}

// deflate packs the last chunk. The bundled core does so only in sync
// messages; stock JavaScript does it in every long change.
func (g *goldenDoc) deflate() {
	g.t.Helper()
	hash, text, _ := strings.Cut(g.lines[len(g.lines)-1], " ")
	chunk, err := hex.DecodeString(text)
	check(g.t, err)
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	check(g.t, err)
	_, err = w.Write(changetest.Body(chunk))
	check(g.t, err)
	check(g.t, w.Close())
	out := append(append(bytes.Clone(chunk[:8]), 2), binary.AppendUvarint(nil, uint64(packed.Len()))...)
	g.lines[len(g.lines)-1] = fmt.Sprintf("%s %x", hash, append(out, packed.Bytes()...))
}

func (g *goldenDoc) commit(message string) {
	g.t.Helper()
	at := time.UnixMilli(1_780_000_000)
	hash, err := g.doc.Commit(message, automerge.CommitOptions{Time: &at})
	check(g.t, err)
	c, err := g.doc.Change(hash)
	check(g.t, err)
	g.lines = append(g.lines, fmt.Sprintf("%s %s", hash, hex.EncodeToString(c.Save())))
}
