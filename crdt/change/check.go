package change

import "slices"

// Check tells whether c, which Decode accepted, may be the document's next
// change: nil or a *Violation (GA9, GA10, GA11, GA15). It changes nothing, and
// does not know the author's device: that the actor belongs to it is for the
// caller to check.
func (s *State) Check(c *Change) error {
	deps, err := s.checkGraph(c)
	if err != nil {
		return err
	}
	k := checker{
		s: s, c: c, view: s.viewOf(deps),
		keys: make(map[string]OpID, len(c.Ops)),
	}
	if err := k.checkActor(); err != nil {
		return err
	}
	for i := range c.Ops {
		if err := k.checkOp(i); err != nil {
			return err
		}
	}
	return k.checkLimits()
}

// checkGraph checks what does not need the operations.
func (s *State) checkGraph(c *Change) ([]int32, error) {
	if len(c.Deps) == 0 && len(s.nodes) != 0 {
		return nil, violation(CodeDocExists, "GA9: second first change")
	}
	deps := make([]int32, len(c.Deps))
	top := uint64(0)
	for i, h := range c.Deps {
		n, ok := s.byHash[h]
		if !ok {
			return nil, violation(CodeMissingDeps, "GA10: unknown dependency")
		}
		if i > 0 && compareHash(c.Deps[i-1], h) >= 0 {
			return nil, corrupt("dependencies not in order")
		}
		deps[i] = n
		top = max(top, s.nodes[n].maxOp())
	}
	switch {
	case c.Seq != s.NextSeq(c.Actor):
		return nil, violation(CodeBadChange, "GA10: seq of the actor")
	case c.StartOp != top+1:
		return nil, violation(CodeBadChange, "GA10: startOp")
	case len(c.Ops) == 0:
		return nil, violation(CodeOpForbidden, "GA11: change without operations")
	case c.MaxOp() >= maxCounter:
		return nil, violation(CodeBadChange, "GA10: counter too high")
	}
	return deps, nil
}

// checker holds what one change has done so far while its operations are
// checked one by one.
type checker struct {
	s     *State
	c     *Change
	view  view
	keys  map[string]OpID   // keys written by the change, with the last operation
	texts map[OpID]struct{} // texts made by the change
	elems map[elemID]OpID   // elements touched, with the live operation or zero
	grown map[OpID]int      // texts, by how many bytes they grow
	added int               // keys that the document did not have
}

type elemID struct{ text, elem OpID }

// checkActor demands that an actor has seen its own last change: otherwise two
// changes could name their operations alike (docs/adr/0011).
func (k *checker) checkActor() error {
	a, ok := k.s.byID[k.c.Actor]
	if !ok {
		return nil
	}
	if !k.view.has(k.s.actors[a].last()) {
		return violation(CodeBadChange, "GA10: actor has not seen its own last change")
	}
	return nil
}

func (k *checker) checkOp(i int) error {
	op := &k.c.Ops[i]
	if op.Obj.IsZero() {
		return k.checkKey(op, k.c.ID(i))
	}
	return k.checkElem(op, k.c.ID(i))
}

func (k *checker) checkKey(op *Op, id OpID) error {
	last, again := k.keys[op.Key]
	k.keys[op.Key] = id
	if op.Action == MakeText {
		if k.texts == nil {
			k.texts = map[OpID]struct{}{}
		}
		k.texts[id] = struct{}{}
		if again || len(op.Pred) != 0 {
			return violation(CodeOpForbidden, "GA11: text in place of a text")
		}
	}
	if again {
		if len(op.Pred) != 1 || op.Pred[0] != last {
			return violation(CodeBadChange, "GA10: pred of a key written twice")
		}
		return nil
	}
	r := k.s.keys[op.Key]
	if r == nil {
		k.added++
		if len(op.Pred) != 0 {
			return violation(CodeBadChange, "GA10: pred of a new key")
		}
		return nil
	}
	if !replaces(op.Pred, r.liveAt(k.view)) {
		return violation(CodeBadChange, "GA10: pred")
	}
	live := len(r.live) + 1
	for _, p := range op.Pred {
		if r.isLive(p) != nil {
			live--
		}
	}
	if live > MaxLive {
		return violation(CodeTooManyValues, "GA15: live values of a key")
	}
	return nil
}

// replaces tells whether pred names exactly the live values.
func replaces(pred []OpID, live []slot) bool {
	return slices.EqualFunc(pred, live, func(p OpID, sl slot) bool { return p == sl.id })
}

func (k *checker) checkElem(op *Op, id OpID) error {
	var t *text
	if _, own := k.texts[op.Obj]; !own {
		t = k.s.texts[op.Obj]
		if t == nil || !k.view.has(t.made) {
			return violation(CodeOpForbidden, "GA11: not inside a text")
		}
	}
	if k.elems == nil {
		k.elems, k.grown = map[elemID]OpID{}, map[OpID]int{}
	}
	at := elemID{text: op.Obj, elem: op.Elem}
	last, touched := k.elems[at]
	var r *register
	if !touched && !op.Elem.IsZero() {
		if t != nil {
			r = t.elems[op.Elem]
		}
		if r == nil || !k.view.has(r.made) {
			return violation(CodeBadChange, "GA10: unknown element")
		}
	}
	switch {
	case op.Insert:
		if len(op.Pred) != 0 {
			return violation(CodeBadChange, "GA10: pred of an insertion")
		}
		at.elem = id
	case len(op.Pred) == 0 || op.Elem.IsZero():
		return violation(CodeBadChange, "GA10: pred of an element")
	case touched:
		if len(op.Pred) != 1 || op.Pred[0] != last {
			return violation(CodeBadChange, "GA10: pred of an element changed twice")
		}
		k.grown[op.Obj] -= len(k.c.Ops[last.Ctr-k.c.StartOp].Value.str)
	default:
		if !replaces(op.Pred, r.liveAt(k.view)) {
			return violation(CodeBadChange, "GA10: pred of an element")
		}
		k.grown[op.Obj] -= r.liveSize(op.Pred)
	}
	k.grown[op.Obj] += len(op.Value.str)
	if op.Action == Delete {
		id = OpID{}
	}
	k.elems[at] = id
	return nil
}

func (k *checker) checkLimits() error {
	s := k.s
	for id, grown := range k.grown {
		now := 0
		if t := s.texts[id]; t != nil {
			now = t.bytes
		}
		if grown > 0 && now+grown > MaxText {
			return violation(CodeValueTooLarge, "text object")
		}
	}
	switch {
	case s.Changes()+1 > MaxChanges:
		return violation(CodeDocFull, "GA15: changes")
	case s.size+k.c.size > MaxDocBytes:
		return violation(CodeDocFull, "GA15: bytes")
	case k.added > 0 && len(s.keys)+k.added > MaxKeys:
		return violation(CodeDocFull, "GA15: keys")
	case s.ops+len(k.c.Ops) > MaxDocOps:
		return violation(CodeDocFull, "GA15: operations")
	}
	return nil
}

// Add takes c in. Only a change that Check has accepted since the last Add may
// be added; the state keeps no part of c that its caller could change.
func (s *State) Add(c *Change) {
	n := int32(len(s.nodes))
	a, ok := s.byID[c.Actor]
	if !ok {
		a = int32(len(s.actors))
		s.byID[c.Actor] = a
		s.actors = append(s.actors, actorLog{id: c.Actor})
	}
	s.actors[a].changes = append(s.actors[a].changes, n)
	nd := node{
		hash: c.Hash, deps: make([]int32, len(c.Deps)), actor: a, seq: c.Seq,
		start: c.StartOp, ops: len(c.Ops), time: c.Time, message: c.Message,
	}
	for i, h := range c.Deps {
		nd.deps[i] = s.byHash[h]
	}
	s.nodes = append(s.nodes, nd)
	s.byHash[c.Hash] = n
	s.heads = append(slices.DeleteFunc(s.heads, func(h int32) bool { return slices.Contains(nd.deps, h) }), n)
	s.size += c.size
	s.ops += len(c.Ops)
	values := make([]Value, len(c.Ops))
	for i := range c.Ops {
		s.addOp(&c.Ops[i], c.ID(i), n, &values[i])
	}
}

func (s *State) addOp(op *Op, id OpID, n int32, val *Value) {
	if op.Obj.IsZero() {
		*val = op.Value
		if op.Action == MakeText {
			*val = Value{Kind: KindText}
			s.texts[id] = &text{made: n, elems: map[OpID]*register{}}
		}
		r := s.keys[op.Key]
		if r == nil {
			r = &register{}
			s.keys[op.Key] = r
			s.sorted.Store(nil)
		}
		for _, p := range op.Pred {
			r.replace(p, n)
		}
		r.add(slot{id: id, node: n, val: val})
		return
	}
	t := s.texts[op.Obj]
	if t == nil {
		return // Check refuses it
	}
	var r *register
	if op.Insert {
		r = &register{made: n}
		t.elems[id] = r
	} else if r = t.elems[op.Elem]; r == nil {
		return // Check refuses it
	}
	for _, p := range op.Pred {
		t.bytes -= r.replace(p, n)
	}
	if op.Action == Set {
		r.add(slot{id: id, node: n, size: int32(len(op.Value.str))})
		t.bytes += len(op.Value.str)
	}
}

// Enter is Check and, when it passes, Add.
func (s *State) Enter(c *Change) error {
	if err := s.Check(c); err != nil {
		return err
	}
	s.Add(c)
	return nil
}

// Replay is the state of a document made of these chunks, each of which must
// pass Decode and Check in this order.
func Replay(chunks [][]byte) (*State, error) {
	s := NewState()
	for _, b := range chunks {
		c, err := Decode(b)
		if err != nil {
			return nil, err
		}
		if err := s.Enter(c); err != nil {
			return nil, err
		}
	}
	return s, nil
}
