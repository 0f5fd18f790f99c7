package gatetest

import (
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/seal"
	"tongce/crdt/wire"
)

// Case is an envelope that breaks one rule of the gate. The documents of the
// history must be there when it is judged.
type Case struct {
	Name string // begins with the rule
	Rule string // GA5 ... GA16, as Refusal.Rule begins
	Code wire.Code
	// Unreadable: the envelope breaks GA5, so that wire.ParseEnvelope refuses it
	// and it cannot be put into a pack.
	Unreadable bool
	// Build makes the envelope. Each call takes the next number of its device.
	Build func(*Scene) wire.Envelope
}

// Cases are all cases, at least one for each of GA5 to GA16.
func Cases() []Case {
	var out []Case
	for _, list := range [][]Case{headCases(), changeCases(), ruleCases(), sealCases(), limitCases()} {
		out = append(out, list...)
	}
	return out
}

// ByRule is the first case of every rule, in order.
func ByRule() []Case {
	var out []Case
	seen := map[string]bool{}
	for _, c := range Cases() {
		if !seen[c.Rule] {
			seen[c.Rule] = true
			out = append(out, c)
		}
	}
	return out
}

func (s *Scene) rename(d *chartertest.Device) *change.Change {
	return s.Edit(d, s.Customer, "edit", changetest.Str("f:remark", canon.Text16(s.W.Random16())))
}

func headCases() []Case {
	edit := func(edit func(*Scene, *wire.Envelope)) func(*Scene) wire.Envelope {
		return func(s *Scene) wire.Envelope {
			e := s.Envelope(s.Sales, s.Customer.ID(), s.rename(s.Sales))
			edit(s, &e)
			return e
		}
	}
	body := func(edit func(*Scene, *wire.EnvelopeBody)) func(*Scene) wire.Envelope {
		return func(s *Scene) wire.Envelope {
			b := s.Body(s.Sales, s.Customer.ID(), s.rename(s.Sales))
			edit(s, &b)
			return s.Sign(s.Sales, b)
		}
	}
	return []Case{
		{
			Name: "GA5 kind 2", Rule: "GA5", Code: wire.CodeMalformed, Unreadable: true,
			Build: edit(func(_ *Scene, e *wire.Envelope) { e.Body.Kind = 2 }),
		},
		{
			Name: "GA5 no change", Rule: "GA5", Code: wire.CodeMalformed, Unreadable: true,
			Build: edit(func(_ *Scene, e *wire.Envelope) { e.Body.Chunks = nil }),
		},
		{
			Name: "GA5 65 changes", Rule: "GA5", Code: wire.CodeTooLarge, Unreadable: true,
			Build: edit(func(_ *Scene, e *wire.Envelope) {
				e.Body.Chunks = make([][]byte, wire.MaxChanges+1)
			}),
		},
		{
			Name: "GA6 device unknown", Rule: "GA6", Code: wire.CodeDenied,
			Build: func(s *Scene) wire.Envelope {
				return s.Envelope(s.Stranger, s.Customer.ID(), s.rename(s.Stranger))
			},
		},
		{
			Name: "GA6 device revoked, above the cut (AT52)", Rule: "GA6", Code: wire.CodeDenied,
			Build: func(s *Scene) wire.Envelope {
				b := s.Body(s.Leaver, s.Customer.ID(), s.rename(s.Leaver))
				b.N += 10
				return s.Sign(s.Leaver, b)
			},
		},
		{
			Name: "GA7 signature of another device", Rule: "GA7", Code: wire.CodeBadSignature,
			Build: edit(func(s *Scene, e *wire.Envelope) {
				b := s.Body(s.Other, s.Customer.ID(), s.rename(s.Sales))
				e.Signature = s.Sign(s.Other, b).Signature
			}),
		},
		{
			Name: "GA7 envelope of another document (AT61)", Rule: "GA7", Code: wire.CodeBadSignature,
			Build: edit(func(s *Scene, e *wire.Envelope) { e.Body.Doc = s.Crowded.ID() }),
		},
		{
			Name: "GA7 head beyond the chain", Rule: "GA7", Code: wire.CodeCharterBehind,
			Build: body(func(_ *Scene, b *wire.EnvelopeBody) { b.CharterSeq += 1000 }),
		},
		{
			Name: "GA7 head of another chain", Rule: "GA7", Code: wire.CodeCharterFork,
			Build: body(func(_ *Scene, b *wire.EnvelopeBody) { b.CharterHash[0] ^= 1 }),
		},
	}
}

// chunked replaces the only chunk of a good edit.
func chunked(edit func(*Scene, *change.Change) []byte) func(*Scene) wire.Envelope {
	return func(s *Scene) wire.Envelope {
		c := s.rename(s.Sales)
		b := s.Body(s.Sales, s.Customer.ID(), c)
		b.Chunks[0] = edit(s, c)
		return s.Sign(s.Sales, b)
	}
}

// forged changes a good edit and gives it a checksum that fits.
func forged(edit func(*Scene, *change.Change)) func(*Scene) wire.Envelope {
	return chunked(func(s *Scene, c *change.Change) []byte {
		return changetest.Chunk(s.TB, changetest.Forge(s.TB, c, func(c *change.Change) { edit(s, c) }))
	})
}

func changeCases() []Case {
	return append(chunkCases(), opCases()...)
}

func chunkCases() []Case {
	var out []Case
	for _, start := range []uint64{50, 1 << 20, 1<<32 - 2, 1 << 40} {
		out = append(out, Case{
			Name: "GA10 startOp too high (AT57)", Rule: "GA10", Code: wire.CodeBadChange,
			Build: forged(func(_ *Scene, c *change.Change) { c.StartOp = start }),
		})
	}
	return append([]Case{
		{
			Name: "GA8 bytes left over", Rule: "GA8", Code: wire.CodeCorrupt,
			Build: chunked(func(s *Scene, c *change.Change) []byte {
				return changetest.Repair(append(changetest.Body(changetest.Chunk(s.TB, c)), 0))
			}),
		},
		{
			Name: "GA8 checksum", Rule: "GA8", Code: wire.CodeCorrupt,
			Build: chunked(func(s *Scene, c *change.Change) []byte {
				b := changetest.Chunk(s.TB, c)
				b[5] ^= 1
				return b
			}),
		},
		{
			Name: "GA8 document chunk", Rule: "GA8", Code: wire.CodeCorrupt,
			Build: chunked(func(s *Scene, c *change.Change) []byte {
				b := changetest.Chunk(s.TB, c)
				b[8] = 0
				return b
			}),
		},
		{
			Name: "GA9 second creator (AT61)", Rule: "GA9", Code: wire.CodeDocExists,
			Build: func(s *Scene) wire.Envelope {
				return s.Envelope(s.Other, s.Customer.ID(), s.Create(s.Other, "edit", changetest.Str("f:name", "乙")))
			},
		},
		{
			Name: "GA10 actor of another device (AT60)", Rule: "GA10", Code: wire.CodeActorForeign,
			Build: func(s *Scene) wire.Envelope {
				return s.Envelope(s.Sales, s.Customer.ID(), s.rename(s.Service))
			},
		},
		{
			Name: "GA10 unknown dependency", Rule: "GA10", Code: wire.CodeMissingDeps,
			Build: forged(func(s *Scene, c *change.Change) { c.Deps = []canon.Hash{s.randomHash()} }),
		},
		{
			Name: "GA10 seq", Rule: "GA10", Code: wire.CodeBadChange,
			Build: forged(func(_ *Scene, c *change.Change) { c.Seq++ }),
		},
		{
			Name: "GA10 pred left out", Rule: "GA10", Code: wire.CodeBadChange,
			Build: forged(func(_ *Scene, c *change.Change) { c.Ops[0].Pred = nil }),
		},
	}, out...)
}

// puts is an edit of the customer by one of the scene's devices.
func puts(who func(*Scene) *chartertest.Device, message string, make func(*Scene) []changetest.Put) func(*Scene) wire.Envelope {
	return func(s *Scene) wire.Envelope {
		d := who(s)
		return s.Envelope(d, s.Customer.ID(), s.Edit(d, s.Customer, message, make(s)...))
	}
}

func one(key string, v change.Value) func(*Scene) []changetest.Put {
	return func(*Scene) []changetest.Put { return []changetest.Put{{Key: key, Value: v}} }
}

func sales(s *Scene) *chartertest.Device   { return s.Sales }
func other(s *Scene) *chartertest.Device   { return s.Other }
func service(s *Scene) *chartertest.Device { return s.Service }
func buyer(s *Scene) *chartertest.Device   { return s.Buyer }
func founder(s *Scene) *chartertest.Device { return s.Founder }

func ruleCases() []Case {
	text := change.String("x")
	var out []Case
	for _, key := range []string{
		"f:nothing", "f:__proto__", "x:y", "x:a:b:c", "name", "f:", "r:name", "r:name:x", "t:Bad", "k:x", "s:other",
		"d:x", "e:service:x:y", "c:nothing", "p:x",
	} {
		out = append(out, Case{Name: "GA12 key " + key + " (AT62)", Rule: "GA12", Code: wire.CodeBadKey, Build: puts(sales, "edit", one(key, text))})
	}
	return append(out, []Case{
		{
			Name: "GA12 entry of another member (AT62, AT64)", Rule: "GA12", Code: wire.CodeBadKey,
			Build: puts(sales, "edit", func(s *Scene) []changetest.Put {
				return []changetest.Put{{Key: s.EntryKey(s.Service, "service"), Value: change.Bytes([]byte{0x61, 0x78})}}
			}),
		},
		{
			Name: "GA12 settles what is not live", Rule: "GA12", Code: wire.CodeBadKey,
			Build: puts(sales, "edit", one("c:name", change.Bytes([]byte{0x80}))),
		},
		{
			Name: "GA12 provenance outside an import", Rule: "GA12", Code: wire.CodeBadKey,
			Build: puts(sales, "edit", func(s *Scene) []changetest.Put {
				return []changetest.Put{{Key: "p:" + canon.Text16(s.W.Random16()), Value: change.Bytes([]byte{0x80})}}
			}),
		},
		{Name: "GA13 row of another owner", Rule: "GA13", Code: wire.CodeRowDenied, Build: puts(other, "edit", one("f:remark", text))},
		{Name: "GA13 field without write (AT62)", Rule: "GA13", Code: wire.CodeFieldDenied, Build: puts(service, "edit", one("f:remark", text))},
		{
			Name: "GA13 allowed and forbidden (AT63)", Rule: "GA13", Code: wire.CodeFieldDenied,
			Build: puts(sales, "edit", func(s *Scene) []changetest.Put {
				return []changetest.Put{{Key: "f:remark", Value: text}, {Key: s.EntryKey(s.Sales, "service"), Value: change.Bytes([]byte{0x61, 0x78})}}
			}),
		},
		{
			Name: "GA13 import without the ability", Rule: "GA13", Code: wire.CodeFieldDenied,
			Build: puts(service, "import:b", func(s *Scene) []changetest.Put {
				return []changetest.Put{{Key: s.EntryKey(s.Service, "service"), Value: change.Bytes([]byte{0x61, 0x78})}}
			}),
		},
		{Name: "GA13 owner without assign", Rule: "GA13", Code: wire.CodeFieldDenied, Build: puts(sales, "edit", one("s:owner", text))},
		{
			Name: "GA13 tombstone without delete", Rule: "GA13", Code: wire.CodeFieldDenied,
			Build: puts(buyer, "edit", one("s:tombstone", change.Bool(true))),
		},
		{
			Name: "GA13 setting in another's personal document", Rule: "GA13", Code: wire.CodeRowDenied,
			Build: func(s *Scene) wire.Envelope {
				return s.Envelope(s.Buyer, canon.PersonalDoc(s.W.ID, s.Sales.Member),
					changetest.EditAt(s.TB, change.NewState(), nil, s.Actor(s.Buyer), "create", changetest.Str("x:view:a:b", "c")))
			},
		},
		{
			Name: "GA13 customer key in the schema document", Rule: "GA13", Code: wire.CodeRowDenied,
			Build: func(s *Scene) wire.Envelope {
				return s.Envelope(s.Founder, canon.SchemaDoc(s.W.ID),
					changetest.EditAt(s.TB, change.NewState(), nil, s.Actor(s.Founder), "create", changetest.Str("f:name", "c")))
			},
		},
	}...)
}

func sealCases() []Case {
	sealed := func(key string, version uint32, edit func(*seal.Plain)) func(*Scene) wire.Envelope {
		return puts(sales, "edit", func(s *Scene) []changetest.Put {
			// The founder's ring has every version of the key.
			return []changetest.Put{{Key: key, Value: s.SealedAt(s.Founder, s.Customer.ID(), key, "13900000000", version, edit)}}
		})
	}
	return []Case{
		{
			Name: "GA14 plain text in a sealed field (AT31)", Rule: "GA14", Code: wire.CodeSealRequired,
			Build: puts(sales, "edit", one("f:mobile", change.String("13812345678"))),
		},
		{
			Name: "GA14 plain null in a sealed field", Rule: "GA14", Code: wire.CodeSealRequired,
			Build: puts(sales, "edit", one("f:mobile", change.Null())),
		},
		{
			Name: "GA14 other bytes in a sealed field", Rule: "GA14", Code: wire.CodeSealRequired,
			Build: puts(sales, "edit", one("f:mobile", change.Bytes([]byte("13812345678")))),
		},
		{
			Name: "GA14 sealed bytes in an open field (AT31)", Rule: "GA14", Code: wire.CodeSealForbidden,
			Build: puts(sales, "edit", func(s *Scene) []changetest.Put {
				return []changetest.Put{{Key: "f:remark", Value: s.Sealed(s.Founder, s.Customer.ID(), "f:mobile", "1")}}
			}),
		},
		{
			Name: "GA14 sealed bytes in an open entry (AT31)", Rule: "GA14", Code: wire.CodeSealForbidden,
			Build: puts(founder, "edit", func(s *Scene) []changetest.Put {
				return []changetest.Put{{Key: s.EntryKey(s.Founder, "service"), Value: s.Sealed(s.Founder, s.Customer.ID(), "f:mobile", "1")}}
			}),
		},
		{Name: "GA14 version before the newest (AT31)", Rule: "GA14", Code: wire.CodeSealStale, Build: sealed("f:mobile", 1, nil)},
		{
			Name: "GA14 version that does not exist (AT31)", Rule: "GA14", Code: wire.CodeSealStale,
			Build: puts(sales, "edit", func(s *Scene) []changetest.Put {
				b := s.Sealed(s.Founder, s.Customer.ID(), "f:mobile", "1").Bytes()
				b[5] = 99
				return []changetest.Put{{Key: "f:mobile", Value: change.Bytes(b)}}
			}),
		},
		{
			Name: "GA14 no mask part (AT31)", Rule: "GA14", Code: wire.CodeMalformed,
			Build: sealed("f:mobile", 0, func(p *seal.Plain) { p.HasMask, p.Mask = false, "" }),
		},
		{Name: "GA14 no token", Rule: "GA14", Code: wire.CodeMalformed, Build: sealed("f:mobile", 0, func(p *seal.Plain) { p.Token = nil })},
		{
			Name: "GA14 token where none is (AT31)", Rule: "GA14", Code: wire.CodeMalformed,
			Build: sealed("f:email", 0, func(p *seal.Plain) { p.Token = &seal.Token{Norm: 1, Lookup: 1} }),
		},
		{
			Name: "GA14 mask part of a source text", Rule: "GA14", Code: wire.CodeMalformed,
			Build: sealed("o:mobile", 0, func(p *seal.Plain) { p.HasMask, p.Mask, p.Token = true, "x", nil }),
		},
	}
}

func limitCases() []Case {
	return []Case{
		{
			Name: "GA15 a 17th live value (AT70)", Rule: "GA15", Code: wire.CodeTooManyValues,
			Build: func(s *Scene) wire.Envelope {
				creator, _ := s.Crowded.State().Creator()
				return s.Envelope(s.Founder, s.Crowded.ID(), s.Crowd([]canon.Hash{creator.Hash}))
			},
		},
		{
			Name: "GA16 erased customer created again", Rule: "GA16", Code: wire.CodeErased,
			Build: func(s *Scene) wire.Envelope {
				return s.Envelope(s.Founder, s.Erased, s.Create(s.Founder, "edit", changetest.Str("f:name", "甲")))
			},
		},
		{
			Name: "GA16 erased customer edited", Rule: "GA16", Code: wire.CodeErased,
			Build: func(s *Scene) wire.Envelope { return s.Envelope(s.Sales, s.Erased, s.rename(s.Sales)) },
		},
	}
}
