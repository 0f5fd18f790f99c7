package quality

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// FuzzNormalisers gives every normaliser the same text and holds it to every
// promise that does not depend on the case.
func FuzzNormalisers(f *testing.F) {
	for _, text := range cases {
		for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
			in, _, _ := strings.Cut(line, " | ")
			f.Add(in, false)
		}
	}
	f.Add("4.4052418800101E17", true)
	f.Fuzz(func(t *testing.T, s string, number bool) {
		for name := range normalisers() {
			check(t, name, Cell{Text: s, Number: number})
		}
		for _, n := range Phones(Cell{Text: s, Number: number}) {
			if n.Result.Value == "" {
				t.Errorf("Phones(%q) has an empty number", s)
			}
		}
		Pinyin(s)
		Letter(s)
		if n := Name(Text(s)); n.Canonical() && NameKey(n.Value) != NameKey(s) {
			t.Errorf("NameKey(%q) = %q, of the normalised name %q", s, NameKey(s), NameKey(n.Value))
		}
	})
}

// TestRandomNoise mixes the characters of the cases at random: the promises
// hold on text that nobody thought of.
func TestRandomNoise(t *testing.T) {
	t.Parallel()
	const seed = 7
	r := rand.New(rand.NewPCG(seed, seed))
	atoms := strings.Fields("0 1 3 8 9 13812345678 021 0571 63211678 - -- . , / 、 ； + +86 86 00 ( ) （ ） 转 # E e E+10 年 月 日 2025 25 万 元 ¥ w X O I 张 伟 总 先生 有限公司 Co Ltd. 浙江省 杭州 市 西湖区 北京 路 ＠ @ 163 .com .con ： : ' × ０ １ Ａ 無 華")
	atoms = append(atoms, " ", "\u3000", "\u200b", "\n", "\u00a0")
	rounds := 4000
	if os.Getenv("TONGCE_LONG") != "" {
		rounds = 200_000
	}
	for range rounds {
		var b strings.Builder
		for range 1 + r.IntN(8) {
			b.WriteString(atoms[r.IntN(len(atoms))])
		}
		for name := range normalisers() {
			check(t, name, Cell{Text: b.String(), Number: r.IntN(4) == 0})
		}
		if t.Failed() {
			t.Fatalf("seed %d, text %q", seed, b.String())
		}
	}
}
