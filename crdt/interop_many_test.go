package crdt_test

import (
	"encoding/base64"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
)

type jsPut struct {
	Key string `json:"key"`
	T   string `json:"t"`
	V   string `json:"v"`
}

type jsSplice struct {
	Pos    int    `json:"pos"`
	Delete int    `json:"delete"`
	Insert string `json:"insert"`
}

type jsStep struct {
	Message   string     `json:"message,omitempty"`
	Time      int64      `json:"time"`
	Sets      []jsPut    `json:"sets,omitempty"`
	Deletes   []string   `json:"deletes,omitempty"`
	Splices   []jsSplice `json:"splices,omitempty"`
	Update    *string    `json:"update,omitempty"`
	Mark      bool       `json:"mark,omitempty"`
	Increment string     `json:"increment,omitempty"`
	Empty     bool       `json:"empty,omitempty"`
}

type jsScenario struct {
	Saved  []byte   `json:"saved"`
	Actor  string   `json:"actor"`
	Steps  []jsStep `json:"steps"`
	Theirs [][]byte `json:"theirs"`
}

type jsOutcome struct {
	Loaded jsView     `json:"loaded"`
	Steps  [][][]byte `json:"steps"`
	Merged jsView     `json:"merged"`
	Saved  []byte     `json:"saved"`
}

// shared is a customer that the stock library and we have.
type shared struct {
	t     *testing.T
	s     *gatetest.Scene
	stock *chartertest.Device
	doc   *gate.Doc
	core  *crdt.Doc
	saved []byte
	view  jsView
}

func newShared(t *testing.T, s *gatetest.Scene, n byte) *shared {
	t.Helper()
	h := &shared{t: t, s: s, stock: s.Buyer, doc: gate.NewDoc(canon.DocID(s.W.Random16()))}
	core, err := crdt.New(s.Founder.Device().Actor(canon.Incarnation{1, n}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(core.Close)
	h.core = core
	h.enter(s.Founder, commit(t, core, crdt.Edit{
		Message: "create", NewTexts: []string{"n:memo"}, Texts: []crdt.Splice{{Key: "n:memo", Insert: "初次拜访🙂，𠮷野家"}},
		Sets: []crdt.Set{
			{Key: "f:name", Value: change.String("杭州𠀀云栖精密机械有限公司")},
			{Key: "f:contract_amount", Value: change.Int(-1_200)},
			{Key: "f:founded", Value: change.Timestamp(1_600_000_000_000)},
			{Key: "s:owner", Value: change.String(s.Buyer.Member.String())},
			{Key: "s:department", Value: change.String(chartertest.Sales)},
			{Key: "f:mobile", Value: s.Sealed(s.Founder, h.doc.ID(), "f:mobile", "13812345678")},
		},
	}))
	h.enter(s.Founder, put(t, core, "f:remark", "我方先改"))
	h.saved = save(t, core)
	h.view = viewOf(t, core)
	return h
}

// enter puts a change into an envelope and through the gate.
func (h *shared) enter(d *chartertest.Device, chunk []byte) {
	h.t.Helper()
	if refused := h.judge(d, chunk); refused != nil {
		c, _ := change.Read(chunk)
		h.t.Fatalf("the gate refuses a change: %v %v\n%+v", refused, refused.Keys, c)
	}
}

func (h *shared) judge(d *chartertest.Device, chunk []byte) *gate.Refusal {
	h.t.Helper()
	b := h.s.Body(d, h.doc.ID())
	b.Chunks = [][]byte{chunk}
	if !h.doc.Exists() {
		c, err := change.Read(chunk)
		if err != nil {
			h.t.Fatal(err)
		}
		b = h.s.Body(d, h.doc.ID(), c)
	}
	e, err := wire.SignEnvelope(h.s.W.ID, d, b)
	if err != nil {
		return &gate.Refusal{Code: wire.CodeOf(err), Rule: "GA5"}
	}
	j, refused := gate.Judge(h.s.W.Log, h.s.Head().Seq, h.doc, &e)
	if refused == nil {
		h.doc.Enter(j)
	}
	return refused
}

func (h *shared) scenario(steps ...jsStep) jsScenario {
	return jsScenario{Saved: h.saved, Actor: h.stock.Device().Actor(canon.Incarnation{9}).String(), Steps: steps}
}

func texts() []string {
	return []string{
		"", "华东", "𠀀𠮷𪚥 扩展区", "👨‍👩‍👧‍👦家", "e\u0301", "行一\n行二\t", "مرحبا", "\U0010ffff", strings.Repeat("长", 5000), "a:b;c,\"d\"",
	}
}

// stockStep is some edit that a stock program may make of a customer.
func (h *shared) stockStep(r *rand.Rand, n int) jsStep {
	pick := func() string { return texts()[r.IntN(len(texts()))] }
	step := jsStep{Message: []string{"edit", "import:b1", "merge:x", "bulk"}[r.IntN(4)], Time: int64(1_700_000_000 + n)}
	if r.IntN(10) == 0 {
		step.Time = 0
	}
	fields := []string{"name", "remark", "city", "level", "stage", "industry", "address", "source", "contract_amount", "founded"}
	r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	for _, f := range fields[:r.IntN(6)] {
		v := []jsPut{
			{T: "str", V: pick()},
			{T: "str", V: pick()},
			{T: "int", V: strconv.FormatInt(r.Int64N(1<<52)-1<<51, 10)},
			{T: "number", V: strconv.Itoa(r.IntN(1 << 30))},
			{T: "uint", V: strconv.Itoa(r.IntN(1 << 40))},
			{T: "bool", V: strconv.FormatBool(r.IntN(2) == 0)},
			{T: "date", V: strconv.FormatInt(r.Int64N(4e12)-1e12, 10)},
			{T: "null"},
		}[r.IntN(8)]
		v.Key = "f:" + f
		step.Sets = append(step.Sets, v)
	}
	switch r.IntN(5) {
	case 0:
		step.Sets = append(step.Sets, jsPut{Key: "t:vip", T: "bool", V: "true"}, jsPut{Key: "k:" + canon.Text16(h.s.W.Random16()), T: "str", V: "任务"})
	case 1:
		sealed := h.s.Sealed(h.s.Founder, h.doc.ID(), "f:mobile", "139"+strconv.Itoa(r.IntN(1e8)))
		step.Sets = append(step.Sets, jsPut{Key: "f:mobile", T: "bytes", V: base64.StdEncoding.EncodeToString(sealed.Bytes())})
	case 2:
		step.Sets = append(step.Sets, jsPut{Key: h.s.EntryKey(h.stock, "service"), T: "bytes", V: base64.StdEncoding.EncodeToString([]byte{0x61, 0x78})})
	default:
	}
	for range r.IntN(4) {
		step.Splices = append(step.Splices, jsSplice{Pos: r.IntN(30), Delete: r.IntN(4), Insert: []string{"改", "😀", "𠮷", "", "中文 and English", "👨‍👩‍👧"}[r.IntN(6)]})
	}
	if r.IntN(6) == 0 {
		text := "全文换成🙂别的" + strconv.Itoa(n)
		step.Update, step.Splices = &text, nil
	}
	if len(step.Sets)+len(step.Splices) == 0 && step.Update == nil {
		step.Sets = []jsPut{{Key: "f:remark", T: "str", V: "第" + strconv.Itoa(n) + "步"}}
	}
	return step
}

// ours is what a device of ours writes meanwhile, on the same base.
func (h *shared) ours(r *rand.Rand, n byte) [][]byte {
	h.t.Helper()
	d, err := crdt.Load(h.saved, h.s.Founder.Device().Actor(canon.Incarnation{2, n}))
	if err != nil {
		h.t.Fatal(err)
	}
	defer d.Close()
	var out [][]byte
	for i := range 1 + r.IntN(4) {
		e := crdt.Edit{Time: int64(1_700_000_500 + i), Texts: []crdt.Splice{{Key: "n:memo", Pos: r.IntN(5), Delete: r.IntN(2), Insert: "我们𪚥" + strconv.Itoa(i)}}}
		for _, f := range []string{"name", "remark", "city", "contract_amount", "t:vip"}[r.IntN(3):] {
			key := "f:" + f
			v := []change.Value{change.String("我方" + strconv.Itoa(i)), change.Int(int64(i)), change.Null(), change.Bool(true)}[r.IntN(4)]
			if strings.HasPrefix(f, "t:") {
				key, v = f, change.Bool(i%2 == 0)
			}
			e.Sets = append(e.Sets, crdt.Set{Key: key, Value: v})
		}
		out = append(out, commit(h.t, d, e))
	}
	return out
}

// stockGenerated: edits of many shapes by stock Automerge pass the
// whole gate, and both sides merge to the same heads, values and conflicts.
func stockGenerated(t *testing.T, dir string) {
	t.Helper()
	s := gatetest.New(t, 500)
	r := rand.New(rand.NewPCG(5, 5))
	var all []*shared
	var requests []jsScenario
	for n := range byte(40) {
		h := newShared(t, s, n)
		q := h.scenario()
		for i := range 1 + r.IntN(6) {
			q.Steps = append(q.Steps, h.stockStep(r, i))
		}
		q.Theirs = h.ours(r, n)
		all, requests = append(all, h), append(requests, q)
	}
	var replies []jsOutcome
	askStock(t, dir, "many.mjs", requests, &replies)
	changes, conflicts := 0, 0
	for i, h := range all {
		if delta := diff(replies[i].Loaded, h.view); delta != "" {
			t.Fatalf("%d: loaded by the stock library (-stock +ours)\n%s", i, delta)
		}
		for _, step := range replies[i].Steps {
			for _, raw := range step {
				chunk, err := change.Inflate(raw)
				if err != nil {
					t.Fatalf("%d: %v", i, err)
				}
				h.enter(h.stock, chunk)
				apply(t, h.core, raw)
				changes++
			}
		}
		for _, chunk := range requests[i].Theirs {
			h.enter(s.Founder, chunk)
			apply(t, h.core, chunk)
		}
		merged := viewOf(t, h.core)
		conflicts += len(merged.Conflicts)
		if delta := diff(replies[i].Merged, merged); delta != "" {
			t.Errorf("%d: merged (-stock +ours)\n%s", i, delta)
		}
		if delta := diff(h.core.Heads(), h.doc.State().Heads()); delta != "" {
			t.Errorf("%d: heads (-core +gate)\n%s", i, delta)
		}
		if delta := diff(viewOf(t, load(t, replies[i].Saved, i)), merged); delta != "" {
			t.Errorf("%d: the stock document loaded by us (-got +want)\n%s", i, delta)
		}
	}
	if changes < 80 || conflicts < 20 {
		t.Errorf("too little to show anything: %d stock changes, %d conflicts", changes, conflicts)
	}
	t.Logf("%d documents, %d stock changes through the gate, %d conflicts equal on both sides", len(all), changes, conflicts)
}

// stockBeyondTheRules: what stock Automerge can write and no
// customer may hold is refused, each by the rule that says so.
func stockBeyondTheRules(t *testing.T, dir string) {
	t.Helper()
	s := gatetest.New(t, 501)
	set := func(key, kind, v string) jsStep { return jsStep{Sets: []jsPut{{Key: key, T: kind, V: v}}} }
	cases := []struct {
		name string
		step jsStep
		rule string
		code wire.Code
	}{
		{"plain string", set("f:name", "text", "一个普通字符串"), "GA11", wire.CodeOpForbidden},
		{"nested map", set("f:name", "map", ""), "GA11", wire.CodeOpForbidden},
		{"list", set("f:name", "list", ""), "GA11", wire.CodeOpForbidden},
		{"counter", set("f:name", "counter", ""), "GA11", wire.CodeOpForbidden},
		{"float", set("f:contract_amount", "float", ""), "GA11", wire.CodeOpForbidden},
		{"number with a fraction", set("f:contract_amount", "number", "12.5"), "GA11", wire.CodeOpForbidden},
		{"key deleted", jsStep{Deletes: []string{"f:name"}}, "GA11", wire.CodeOpForbidden},
		{"second text", set("n:remark", "text", "又一篇"), "GA11", wire.CodeOpForbidden},
		{"text replaced by a value", set("n:memo", "str", "不再是文本"), "GA11", wire.CodeOpForbidden},
		{"text deleted", jsStep{Deletes: []string{"n:memo"}}, "GA11", wire.CodeOpForbidden},
		{"bold text", jsStep{Mark: true}, "GA11", wire.CodeOpForbidden},
		{"unknown field", set("f:shoe_size", "str", "43"), "GA12", wire.CodeBadKey},
		{"unknown key", set("name", "str", "甲"), "GA12", wire.CodeBadKey},
		{"prototype", set("f:constructor", "str", "甲"), "GA12", wire.CodeBadKey},
		{"long key", set("f:"+strings.Repeat("k", 200), "str", "甲"), "GA5", wire.CodeValueTooLarge},
		{"long value", set("f:remark", "str", strings.Repeat("长", 6000)), "GA5", wire.CodeValueTooLarge},
		{"plain text where sealed", set("f:mobile", "str", "13900000000"), "GA14", wire.CodeSealRequired},
		{"bytes in an open field", set("f:remark", "bytes", "AQID"), "GA14", wire.CodeSealForbidden},
		{"entry of another member", set("e:service:"+s.Founder.Member.String()+":"+canon.Text16(s.W.Random16()), "bytes", "YXg="), "GA12", wire.CodeBadKey},
		{"free message", jsStep{Message: "changed the name", Sets: []jsPut{{Key: "f:name", T: "str", V: "甲"}}}, "EN6", wire.CodeMalformed},
		{"no message", set("f:name", "str", "甲"), "EN6", wire.CodeMalformed},
		{"no operations", jsStep{Empty: true}, "GA11", wire.CodeOpForbidden},
		{"time before 1970", jsStep{Time: -5, Sets: []jsPut{{Key: "f:name", T: "str", V: "甲"}}}, "WI11", wire.CodeMalformed},
	}
	var all []*shared
	var requests []jsScenario
	for i, c := range cases {
		h := newShared(t, s, byte(i))
		if c.step.Message == "" && c.name != "no message" {
			c.step.Message = "edit"
		}
		if c.step.Time == 0 {
			c.step.Time = changetest.Time
		}
		all, requests = append(all, h), append(requests, h.scenario(c.step))
	}
	var replies []jsOutcome
	askStock(t, dir, "many.mjs", requests, &replies)
	for i, c := range cases {
		chunk, err := change.Inflate(replies[i].Steps[0][0])
		if err != nil {
			t.Fatal(err)
		}
		refused := all[i].judge(all[i].stock, chunk)
		if refused == nil || refused.Code != c.code || !strings.HasPrefix(refused.Rule, c.rule) {
			t.Errorf("%s: got %v, want %s by %s", c.name, refused, c.code, c.rule)
		}
	}
}
