package seal

import (
	"errors"
	"fmt"
	"testing"

	"tongce/crdt/canon"
)

func TestLO2_tokenDependsOnAllItsParts(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	k1, _ := f.ring.Key(SectionLookup, 1)
	k2, _ := f.ring.Key(SectionLookup, 2)
	w := f.w
	w[0]++
	want := Blind(k1.Key, f.w, "phone", 1, "13812905678")
	for name, got := range map[string][3]byte{
		"key":       Blind(k2.Key, f.w, "phone", 1, "13812905678"),
		"workspace": Blind(k1.Key, w, "phone", 1, "13812905678"),
		"class":     Blind(k1.Key, f.w, "email", 1, "13812905678"),
		"norm":      Blind(k1.Key, f.w, "phone", 2, "13812905678"),
		"value":     Blind(k1.Key, f.w, "phone", 1, "13812905679"),
		"border":    Blind(k1.Key, f.w, "phone1", 1, "3812905678"),
	} {
		if got == want {
			t.Errorf("another %s gives the same token", name)
		}
	}
}

// LO5: the newest key for writing, all of them for asking.
func TestLO5_tokens(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	newest, err := f.ring.Token("phone", 3, "13812905678")
	if err != nil || newest.Lookup != 2 || newest.Norm != 3 {
		t.Errorf("got %+v, %v", newest, err)
	}
	all := f.ring.Tokens("phone", 3, "13812905678")
	if len(all) != 2 || all[0] != newest || all[1].Lookup != 1 {
		t.Errorf("got %+v", all)
	}
	if _, err := NewRing(f.w).Token("phone", 1, "1"); !errors.Is(err, ErrNoKey) {
		t.Errorf("without a key: got %v", err)
	}
	if got := NewRing(f.w).Tokens("phone", 1, "1"); got != nil {
		t.Errorf("without a key: got %v", got)
	}
	over := newKey(t, source(8), SectionLookup, 256)
	add(t, f.ring, over)
	if _, err := f.ring.Token("phone", 1, "1"); !errors.Is(err, ErrNoKey) {
		t.Errorf("version 256: got %v, want ErrNoKey", err)
	}
}

// AT40: an insider who hashes numbers gets many candidates for each token. A
// sample of the numbers is enough to say how many of all 10^10 there are.
func TestLO3_AT40_tokenLeavesHundredsOfCandidates(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	key, _ := f.ring.Key(SectionLookup, 1)
	const sample, targets = 100_000, 4096
	hits := make(map[[3]byte]int, targets)
	for i := range targets {
		hits[Blind(key.Key, f.w, "phone", 1, fmt.Sprintf("138%08d", 90_000_000+i))] = 0
	}
	total := 0
	for i := range sample {
		token := Blind(key.Key, f.w, "phone", 1, fmt.Sprintf("139%08d", i))
		if _, ok := hits[token]; ok {
			total++
		}
	}
	perToken := float64(total) / float64(len(hits)) * 1e10 / sample
	t.Logf("about %.0f candidates of 10^10 for each token (%d hits)", perToken, total)
	if perToken < 300 || perToken > 1200 { // 10^10 / 2^24 = 596
		t.Errorf("got %.0f candidates a token, want about 596", perToken)
	}
}

// AT41: equal endings of numbers do not show in tokens.
func TestLO3_AT41_equalEndingsDoNotShow(t *testing.T) {
	t.Parallel()
	key := newKey(t, source(9), SectionLookup, 1)
	same := 0
	const n = 10_000
	for i := range n {
		a := Blind(key.Key, canon.WorkspaceID{}, "phone", 1, fmt.Sprintf("138%04d5678", i%10_000))
		b := Blind(key.Key, canon.WorkspaceID{}, "phone", 1, fmt.Sprintf("139%04d5678", i%10_000))
		if a[2] == b[2] {
			same++
		}
	}
	if same > n/256*3/2 || same < n/256/2 {
		t.Errorf("last byte equal in %d of %d pairs, want about %d", same, n, n/256)
	}
}
