package quality

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

const (
	hanFirst = 0x3400
	hanLast  = 0x9FFF
)

// toneless maps the vowels with tone marks of the readings to plain letters; ü
// becomes v, as people type it.
var toneless = strings.NewReplacer(
	"ā", "a", "á", "a", "ǎ", "a", "à", "a", "ē", "e", "é", "e", "ě", "e", "è", "e", "ê", "e", "ế", "e", "ề", "e",
	"ī", "i", "í", "i", "ǐ", "i", "ì", "i", "ō", "o", "ó", "o", "ǒ", "o", "ò", "o", "ū", "u", "ú", "u", "ǔ", "u", "ù", "u",
	"ǖ", "v", "ǘ", "v", "ǚ", "v", "ǜ", "v", "ü", "v", "ń", "n", "ň", "n", "ǹ", "n", "ḿ", "m", "\u0300", "", "\u0304", "", "\u030c", "",
)

// readings holds the first reading of every character, compiled once.
var readings = sync.OnceValue(func() []string {
	t := make([]string, hanLast-hanFirst+1)
	seen := map[string]string{}
	for r, p := range pinyin.PinyinDict {
		if r < hanFirst || r > hanLast {
			continue
		}
		p, _, _ = strings.Cut(p, ",")
		s := toneless.Replace(p)
		if k, ok := seen[s]; ok {
			s = k
		} else {
			seen[s] = s
		}
		t[r-hanFirst] = s
	}
	for c, p := range usual {
		t[c-hanFirst] = p
	}
	return t
})

// usual are characters whose first reading in the dictionary is not the one
// that names of companies and people use.
var usual = map[rune]string{
	'长': "chang", '重': "zhong", '行': "hang", '厦': "xia", '乐': "le", '都': "du", '朝': "chao", '传': "chuan", '调': "diao", '会': "hui",
	'盛': "sheng", '兴': "xing", '和': "he", '合': "he", '大': "da", '地': "di", '单': "dan", '车': "che", '石': "shi", '藏': "cang",
	'晟': "sheng", '茜': "qian", '娜': "na", '柏': "bai", '贾': "jia", '蔚': "wei", '沈': "shen", '奇': "qi", '术': "shu", '广': "guang",
	'厂': "chang", '银': "yin", '六': "liu", '峰': "feng", '冯': "feng", '万': "wan", '华': "hua", '区': "qu", '咖': "ka", '圳': "zhen",
	'莎': "sha", '系': "xi", '校': "xiao", '血': "xue", '色': "se", '数': "shu", '率': "lv", '省': "sheng", '宿': "su", '曾': "zeng", '若': "ruo",
}

// phrases are words with a reading of their own.
var phrases = []struct {
	word, py string
}{
	{"重庆", "chong qing"},
	{"银行", "yin hang"},
	{"行政", "xing zheng"},
	{"旅行", "lv xing"},
	{"行知", "xing zhi"},
	{"行动", "xing dong"},
	{"自行车", "zi xing che"},
	{"发行", "fa xing"},
	{"同行", "tong xing"},
	{"远行", "yuan xing"},
	{"厦门", "xia men"},
	{"大厦", "da sha"},
	{"广厦", "guang sha"},
	{"成长", "cheng zhang"},
	{"校长", "xiao zhang"},
	{"院长", "yuan zhang"},
	{"音乐", "yin yue"},
	{"乐器", "yue qi"},
	{"乐清", "yue qing"},
	{"西藏", "xi zang"},
	{"调味", "tiao wei"},
	{"空调", "kong tiao"},
	{"会计", "kuai ji"},
	{"蚌埠", "beng bu"},
	{"六安", "lu an"},
	{"丽水", "li shui"},
	{"台州", "tai zhou"},
	{"番禺", "pan yu"},
	{"东莞", "dong guan"},
	{"朝阳", "chao yang"},
	{"重工", "zhong gong"},
	{"双重", "shuang chong"},
	{"宿迁", "su qian"},
	{"长子县", "zhang zi xian"},
	{"铅山", "yan shan"},
	{"大夫", "dai fu"},
	{"万俟", "mo qi"},
	{"柏林", "bo lin"},
	{"歙县", "she xian"},
	{"单县", "shan xian"},
	{"尉氏", "wei shi"},
	{"浚县", "xun xian"},
	{"亳州", "bo zhou"},
	{"儋州", "dan zhou"},
	{"泌阳", "bi yang"},
	{"燕山", "yan shan"},
	{"阿胶", "e jiao"},
	{"东阿", "dong e"},
	{"大冶", "da ye"},
	{"监利", "jian li"},
	{"嵊州", "sheng zhou"},
	{"鄞州", "yin zhou"},
	{"长宁", "chang ning"},
	{"仙居", "xian ju"},
}

// phraseIndex finds the phrases that begin with a character.
var phraseIndex = sync.OnceValue(func() map[rune][]int {
	m := map[rune][]int{}
	for i, p := range phrases {
		r, _ := utf8.DecodeRuneInString(p.word)
		m[r] = append(m[r], i)
	}
	return m
})

// Pinyin gives the reading of a name three times: full ("zhangsan") and
// initials ("zs") for searching, and a key for sorting ("zhang san"), all in
// lower case without tones, ü as v. Letters and digits stay, other characters
// are left out. What looks like a person's name reads its surname as a surname.
func Pinyin(s string) (full, initials, sortKey string) {
	var f, in, key strings.Builder
	f.Grow(len(s) * 2)
	key.Grow(len(s) * 2)
	word := false // the key ends in a Latin word
	add := func(py string) {
		for py != "" {
			syllable, rest, _ := strings.Cut(py, " ")
			f.WriteString(syllable)
			in.WriteByte(syllable[0])
			if key.Len() > 0 {
				key.WriteByte(' ')
			}
			key.WriteString(syllable)
			py = rest
		}
		word = false
	}
	if sur, py := surnameReading(s); py != "" {
		add(py)
		s = s[len(sur):]
	}
	table := readings()
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if py, m := phrase(r, s[i:]); py != "" {
			add(py)
			i += m
			continue
		}
		i += n
		if r >= hanFirst && r <= hanLast {
			if py := table[r-hanFirst]; py != "" {
				add(py)
			}
			continue
		}
		r = unicode.ToLower(half(r))
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			word = false
			continue
		}
		f.WriteRune(r)
		if !word {
			if key.Len() > 0 {
				key.WriteByte(' ')
			}
			in.WriteRune(r)
			word = true
		}
		key.WriteRune(r)
	}
	return f.String(), in.String(), key.String()
}

func phrase(first rune, s string) (string, int) {
	if first < hanFirst {
		return "", 0
	}
	for _, i := range phraseIndex()[first] {
		if strings.HasPrefix(s, phrases[i].word) {
			return phrases[i].py, len(phrases[i].word)
		}
	}
	return "", 0
}

// surnameReading gives the surname of what looks like a person's name, and its
// reading where that is a special one.
func surnameReading(s string) (sur, py string) {
	n := utf8.RuneCountInString(s)
	if n < 2 || n > 4 {
		return "", ""
	}
	for _, r := range s {
		if !han(r) {
			return "", ""
		}
	}
	_, a := utf8.DecodeRuneInString(s)
	_, b := utf8.DecodeRuneInString(s[a:])
	if py, ok := surnameReadings[s[:a+b]]; ok {
		return s[:a+b], py
	}
	if n == 4 || company(s) {
		return "", ""
	}
	return s[:a], surnameReadings[s[:a]]
}

// Letter gives the heading under which a name stands in a list sorted by
// pinyin: A to Z, or # for anything else.
func Letter(s string) string {
	_, _, key := Pinyin(s)
	if key == "" || key[0] < 'a' || key[0] > 'z' {
		return "#"
	}
	return strings.ToUpper(key[:1])
}
