package crdt_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tongce/crdt"
	"tongce/crdt/change"
)

type jsValue struct {
	Kind   string  `json:"kind"`
	Text   string  `json:"text"`
	Number float64 `json:"number"`
}

type jsView struct {
	Heads     []string                      `json:"heads"`
	Values    map[string]jsValue            `json:"values"`
	Conflicts map[string]map[string]jsValue `json:"conflicts"`
}

type jsRequest struct {
	Saved  []byte            `json:"saved"`
	Actor  string            `json:"actor"`
	Set    map[string]string `json:"set"`
	Clear  []string          `json:"clear"`
	Theirs [][]byte          `json:"theirs"`
}

type jsReply struct {
	Loaded  jsView   `json:"loaded"`
	Changes [][]byte `json:"changes"`
	Merged  jsView   `json:"merged"`
	Saved   []byte   `json:"saved"`
}

// TestStockJavaScript stands stock @automerge/automerge of npm beside ours.
func TestStockJavaScript(t *testing.T) {
	t.Parallel()
	dir := installStock(t)
	t.Run("every kind of value", func(t *testing.T) { t.Parallel(); stockLoadsAndMerges(t, dir) })
	t.Run("generated edits", func(t *testing.T) { t.Parallel(); stockGenerated(t, dir) })
	t.Run("beyond the rules", func(t *testing.T) { t.Parallel(); stockBeyondTheRules(t, dir) })
}

// stockLoadsAndMerges: the stock library loads what we wrote and sees the same;
// its edits with ImmutableString pass our decoder and the check of documents;
// both sides merge to the same values, conflicts and heads.
func stockLoadsAndMerges(t *testing.T, dir string) {
	t.Helper()
	d := newDoc(t, 1)
	e := customer()
	for k, v := range allKinds() {
		if v.Kind != change.KindInt && v.Kind != change.KindUint { // beyond JavaScript's numbers
			e.Sets = append(e.Sets, crdt.Set{Key: k, Value: v})
		}
	}
	e.Sets = append(e.Sets, crdt.Set{Key: "f:n", Value: change.Int(-5)}, crdt.Set{Key: "f:u", Value: change.Uint(7)})
	e.Texts = []crdt.Splice{{Key: "n:memo", Insert: "初次拜访🙂"}}
	ours := [][]byte{commit(t, d, e), put(t, d, "f:field_00", "甲")}
	request := jsRequest{
		Saved: save(t, d), Actor: actor(7).String(), Clear: []string{"f:field_03"},
		Set: map[string]string{"f:field_01": "由网页改", "f:field_02": "两边都改", "f:new": "新"},
	}
	loaded := viewOf(t, d)

	// Meanwhile a third device edits from the same base.
	third := load(t, request.Saved, 3)
	request.Theirs = [][]byte{commit(t, third, crdt.Edit{
		Sets: []crdt.Set{
			{Key: "f:field_02", Value: change.String("另一边")},
			{Key: "f:field_03", Value: change.String("未清除")},
			{Key: "t:vip", Value: change.Bool(true)},
			{Key: "f:field_04", Value: change.String("丙")},
		},
		Texts: []crdt.Splice{{Key: "n:memo", Pos: 4, Insert: "，又来"}},
	})}

	reply := runStock(t, dir, request)
	if delta := diff(reply.Loaded, loaded); delta != "" {
		t.Errorf("loaded by the stock library (-stock +ours)\n%s", delta)
	}
	state := change.NewState()
	for i, chunk := range slices.Concat(ours, reply.Changes, request.Theirs) {
		plain, err := change.Inflate(chunk)
		if err != nil {
			t.Fatalf("change %d: %v", i, err)
		}
		c, err := change.Decode(plain)
		if err != nil {
			t.Fatalf("change %d: %v", i, err)
		}
		if err := state.Check(c); err != nil {
			t.Fatalf("change %d: %v", i, err)
		}
		state.Add(c)
	}
	if len(reply.Changes) != 2 || state.Changes() != 5 {
		t.Errorf("got %d stock changes and %d in all, want 2 and 5", len(reply.Changes), state.Changes())
	}
	apply(t, d, slices.Concat(reply.Changes, request.Theirs)...)
	merged := viewOf(t, d)
	if delta := diff(reply.Merged, merged); delta != "" {
		t.Errorf("merged (-stock +ours)\n%s", delta)
	}
	if len(merged.Conflicts) != 3 { // field_02, field_03, t:vip
		t.Errorf("got %d conflicts, want 3", len(merged.Conflicts))
	}
	if delta := diff(d.Heads(), state.Heads()); delta != "" {
		t.Errorf("heads (-core +state)\n%s", delta)
	}
	if delta := diff(viewOf(t, load(t, reply.Saved, 1)), merged); delta != "" {
		t.Errorf("stock document loaded by us (-got +want)\n%s", delta)
	}
	t.Logf("%d values, %d conflicts, memo of %d bytes equal on both sides",
		len(merged.Values), len(merged.Conflicts), len(merged.Values["n:memo"].Text))
}

// viewOf is what d shows in the terms of JavaScript.
func viewOf(t *testing.T, d *crdt.Doc) jsView {
	t.Helper()
	s := snapshot(t, d)
	plain := func(key string, v change.Value) jsValue {
		switch v.Kind {
		case change.KindString:
			return jsValue{Kind: "string", Text: v.Str()}
		case change.KindBytes:
			return jsValue{Kind: "bytes", Text: base64.StdEncoding.EncodeToString(v.Bytes())}
		case change.KindTimestamp:
			return jsValue{Kind: "timestamp", Number: float64(v.Int())}
		case change.KindInt:
			return jsValue{Kind: "number", Number: float64(v.Int())}
		case change.KindUint:
			return jsValue{Kind: "number", Number: float64(v.Uint())}
		case change.KindBool:
			if v.Bool() {
				return jsValue{Kind: "boolean", Text: "true"}
			}
			return jsValue{Kind: "boolean", Text: "false"}
		case change.KindNull:
			return jsValue{Kind: "null"}
		case change.KindText:
			return jsValue{Kind: "text", Text: s.Texts[key]}
		case change.KindFloat, change.KindCounter, change.KindOther:
		}
		t.Fatalf("value of kind %s", v.Kind)
		return jsValue{}
	}
	view := jsView{Values: map[string]jsValue{}, Conflicts: map[string]map[string]jsValue{}}
	for _, h := range s.Heads {
		view.Heads = append(view.Heads, h.String())
	}
	for k, v := range s.Values {
		view.Values[k] = plain(k, v)
	}
	for k, items := range s.Conflicts {
		view.Conflicts[k] = map[string]jsValue{}
		for _, it := range items {
			view.Conflicts[k][it.ID.String()] = plain(k, it.Value)
		}
	}
	return view
}

// installStock puts the pinned stock library into a folder of its own. Where
// node or the package cannot be had the test is skipped, but not on CI.
func installStock(t *testing.T) string {
	t.Helper()
	miss := t.Skipf
	if os.Getenv("CI") != "" {
		miss = t.Fatalf
	}
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			miss("stock Automerge not compared: %v", err)
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc", "interop.mjs", "many.mjs", "look.mjs"} {
		b, err := os.ReadFile(filepath.Join("testdata", "js", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-progress", "--loglevel=error")
	cmd.Dir, cmd.WaitDelay = dir, time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		miss("stock Automerge not compared: npm ci: %v\n%s", err, out)
	}
	return dir
}

func runStock(t *testing.T, dir string, request jsRequest) (reply jsReply) {
	t.Helper()
	askStock(t, dir, "interop.mjs", request, &reply)
	return reply
}

func askStock(t *testing.T, dir, script string, request, reply any) {
	t.Helper()
	in, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", script)
	cmd.Dir, cmd.Stdin, cmd.WaitDelay = dir, bytes.NewReader(in), time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, &stderr)
	}
	if err := json.Unmarshal(out, reply); err != nil {
		t.Fatal(err)
	}
}
