package sheet

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// detectEncoding names the encoding of a text file: its mark, else UTF-8 if it
// is valid, else GB18030 if it decodes without loss, else Big5 likewise.
func detectEncoding(b []byte, beat func()) (name string, skip int, err error) {
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		return "utf-8-bom", 3, nil
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		return "utf-16le", 2, nil
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		return "utf-16be", 2, nil
	}
	head := b[:min(len(b), 4096)&^1]
	var zero [2]int
	for i, c := range head {
		if c == 0 {
			zero[i&1]++
		}
	}
	switch half := len(head) / 2; {
	case zero[1] > half*2/5 && zero[0] < half/10:
		return "utf-16le", 0, plain(head, "utf-16le")
	case zero[0] > half*2/5 && zero[1] < half/10:
		return "utf-16be", 0, plain(head, "utf-16be")
	case zero[0]+zero[1] > len(head)/50 && len(head) >= 64:
		return "", 0, refuse(ReasonNotTable)
	}
	if utf8.Valid(b) {
		return "utf-8", 0, nil
	}
	beat()
	if lossless(simplifiedchinese.GB18030, b) {
		return "gb18030", 0, nil
	}
	beat()
	if lossless(traditionalchinese.Big5, b) {
		return "big5", 0, nil
	}
	// Text with a few broken bytes is still text; anything else is not.
	control, broken := 0, 0
	for _, c := range head {
		if c < 32 && c != '\n' && c != '\r' && c != '\t' {
			control++
		}
	}
	for s := head; len(s) > 0; {
		r, n := utf8.DecodeRune(s)
		if r == utf8.RuneError {
			broken++
		}
		s = s[n:]
	}
	switch {
	case control > len(head)/100:
		return "", 0, refuse(ReasonNotTable)
	case broken < len(head)/50:
		return "utf-8", 0, nil
	}
	return "gb18030", 0, nil
}

// plain refuses what decodes to control characters: that is no text.
func plain(head []byte, name string) error {
	b, err := io.ReadAll(asUTF8(head, name, 0))
	if err != nil {
		return refuse(ReasonNotTable)
	}
	bad, all := 0, 0
	for _, r := range string(b) {
		all++
		if r < 32 && r != '\n' && r != '\r' && r != '\t' || r == utf8.RuneError {
			bad++
		}
	}
	if bad*50 > all {
		return refuse(ReasonNotTable)
	}
	return nil
}

func lossless(e encoding.Encoding, b []byte) bool {
	r := transform.NewReader(bytes.NewReader(b), e.NewDecoder())
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		if bytes.Contains(buf[:n], []byte("\uFFFD")) {
			return false
		}
		if err != nil {
			return err == io.EOF //nolint:errorlint // readers return EOF itself
		}
	}
}

// asUTF8 gives the text in UTF-8, without its mark.
func asUTF8(b []byte, name string, skip int) io.Reader {
	r := io.Reader(bytes.NewReader(b[skip:]))
	switch name {
	case "utf-16le":
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder())
	case "utf-16be":
		return transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder())
	case "gb18030":
		return transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder())
	case "big5":
		return transform.NewReader(r, traditionalchinese.Big5.NewDecoder())
	}
	return r
}

// separator chooses the one that parts most records into the same number of
// fields, quotes and line breaks in cells heeded.
func separator(head string) byte {
	if s, ok := strings.CutPrefix(head, "sep="); ok && len(s) > 1 && (s[1] == '\r' || s[1] == '\n') {
		return s[0]
	}
	best, bestScore := byte(','), 0.0
	for _, sep := range []byte{',', ';', '\t', '|'} {
		widths, records := map[int]int{}, 0
		c := csvReader{src: strings.NewReader(head), sep: sep, beat: func() {}}
		for records < 60 {
			rec, err := c.next()
			if err != nil || rec == nil {
				break
			}
			if len(rec) == 1 && rec[0] == "" {
				continue
			}
			records++
			widths[len(rec)]++
		}
		for w, n := range widths {
			if w < 2 || n < 2 && records > 2 {
				continue
			}
			share := float64(n) / float64(records)
			if score := share*share*10 + float64(min(w, 40))/20; score > bestScore {
				best, bestScore = sep, score
			}
		}
	}
	return best
}
