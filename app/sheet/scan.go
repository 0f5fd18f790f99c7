package sheet

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// xmlScanner reads the XML of workbook parts as a stream of tags and texts. It
// knows what spreadsheets write and no more: document types are refused, so
// there are no entities to expand; a token may not exceed maxToken, depth does
// not matter because nothing is nested in memory.
type xmlScanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	eof      bool
	err      error

	kind  tokenKind
	name  []byte // local name of a tag
	attrs []byte
	text  []byte // raw, still escaped unless cdata
	alone bool   // <a/>
	cdata bool
}

type tokenKind uint8

const (
	tokenEOF tokenKind = iota
	tokenStart
	tokenEnd
	tokenText
)

const maxToken = 4 << 20

func newScanner(r io.Reader) *xmlScanner {
	return &xmlScanner{r: r, buf: make([]byte, 64<<10)}
}

// more reads on; what begins at pos stays, but moves.
func (x *xmlScanner) more() bool {
	if x.eof {
		return false
	}
	if x.pos > 0 {
		copy(x.buf, x.buf[x.pos:x.end])
		x.end -= x.pos
		x.pos = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= maxToken {
			x.err, x.eof = refuse(ReasonDamaged), true
			return false
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for range 100 {
		n, err := x.r.Read(x.buf[x.end:])
		x.end += n
		if err != nil {
			x.eof = true
			if err != io.EOF {
				x.err = err
			}
			return n > 0
		}
		if n > 0 {
			return true
		}
	}
	x.err, x.eof = io.ErrNoProgress, true
	return false
}

// until finds mark from pos+skip on and gives its place relative to pos.
func (x *xmlScanner) until(mark string, skip int) int {
	from := skip
	for {
		if x.pos+from < x.end {
			if i := bytes.Index(x.buf[x.pos+from:x.end], []byte(mark)); i >= 0 {
				return from + i
			}
			from = max(skip, x.end-x.pos-len(mark)+1)
		}
		if !x.more() {
			return -1
		}
	}
}

// seek goes on to what follows the next mark and gives the byte before it;
// what lies in between is let go. ok is false at the end.
func (x *xmlScanner) seek(mark string) (before byte, ok bool) {
	for {
		if i := bytes.Index(x.buf[x.pos:x.end], []byte(mark)); i >= 0 {
			if x.pos+i > 0 {
				before = x.buf[x.pos+i-1]
			}
			x.pos += i + len(mark)
			return before, true
		}
		x.pos = max(x.pos, x.end-len(mark)) // one byte more than may begin the mark
		if !x.more() {
			return 0, false
		}
	}
}

// next reads one token; its slices are good until the next call.
func (x *xmlScanner) next() (tokenKind, error) {
	for {
		if x.pos >= x.end && !x.more() {
			x.kind = tokenEOF
			return tokenEOF, x.err
		}
		if x.buf[x.pos] != '<' {
			i := x.until("<", 0)
			if i < 0 {
				if x.err != nil {
					return tokenEOF, x.err
				}
				i = x.end - x.pos
			}
			x.text, x.cdata, x.kind = x.buf[x.pos:x.pos+i], false, tokenText
			x.pos += i
			return tokenText, nil
		}
		done, err := x.tag()
		if err != nil || done {
			return x.kind, err
		}
	}
}

func (x *xmlScanner) broken() error {
	if x.err != nil {
		return x.err
	}
	return refuse(ReasonDamaged)
}

// tag reads what begins with <; done is false for comments and the like.
func (x *xmlScanner) tag() (done bool, err error) {
	for x.end-x.pos < 9 && x.more() {
	}
	rest := x.buf[x.pos:x.end]
	skip := func(mark string, from int) error {
		i := x.until(mark, from)
		if i < 0 {
			return x.broken()
		}
		x.pos += i + len(mark)
		return nil
	}
	switch {
	case bytes.HasPrefix(rest, []byte("<?")):
		return false, skip("?>", 2)
	case bytes.HasPrefix(rest, []byte("<!--")):
		return false, skip("-->", 4)
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		i := x.until("]]>", 9)
		if i < 0 {
			return false, x.broken()
		}
		x.text, x.cdata, x.kind = x.buf[x.pos+9:x.pos+i], true, tokenText
		x.pos += i + 3
		return true, nil
	case bytes.HasPrefix(rest, []byte("<!")):
		return false, refuse(ReasonDamaged)
	case bytes.HasPrefix(rest, []byte("</")):
		i := x.until(">", 2)
		if i < 0 {
			return false, x.broken()
		}
		x.name, x.kind = local(bytes.TrimSpace(x.buf[x.pos+2:x.pos+i])), tokenEnd
		x.pos += i + 1
		return true, nil
	}
	i := x.closing()
	if i < 0 {
		return false, x.broken()
	}
	body := x.buf[x.pos+1 : x.pos+i]
	x.pos += i + 1
	x.alone = len(body) > 0 && body[len(body)-1] == '/'
	if x.alone {
		body = body[:len(body)-1]
	}
	n := bytes.IndexAny(body, " \t\r\n")
	if n < 0 {
		n = len(body)
	}
	x.name, x.attrs, x.kind = local(body[:n]), body[n:], tokenStart
	return true, nil
}

// closing finds the > of a start tag, which may stand in quotes too.
func (x *xmlScanner) closing() int {
	var quote byte
	for i := 1; ; i++ {
		for x.pos+i >= x.end {
			if !x.more() {
				return -1
			}
		}
		switch c := x.buf[x.pos+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
}

func local(name []byte) []byte {
	if i := bytes.LastIndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

func (x *xmlScanner) is(name string) bool { return string(x.name) == name }

// attr gives an attribute of the last start tag, without its prefix, still
// escaped; nil when it is not there.
func (x *xmlScanner) attr(name string) []byte {
	a := x.attrs
	for {
		eq := bytes.IndexByte(a, '=')
		if eq < 0 {
			return nil
		}
		key := bytes.TrimSpace(a[:eq])
		a = bytes.TrimLeft(a[eq+1:], " \t\r\n")
		if len(a) < 2 || a[0] != '"' && a[0] != '\'' {
			return nil
		}
		z := bytes.IndexByte(a[1:], a[0])
		if z < 0 {
			return nil
		}
		if string(local(key)) == name {
			return a[1 : 1+z]
		}
		a = a[z+2:]
	}
}

// value gives the text of the last text token.
func (x *xmlScanner) value() string {
	if x.cdata {
		return string(x.text)
	}
	return unescape(x.text)
}

// unescape undoes the five entities, character references and the _x000D_ form
// in which spreadsheets write what XML cannot.
func unescape(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 && !bytes.Contains(b, []byte("_x")) && utf8.Valid(b) {
		return string(b)
	}
	var out strings.Builder
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	for s != "" {
		i := strings.IndexAny(s, "&_")
		if i < 0 {
			out.WriteString(s)
			break
		}
		out.WriteString(s[:i])
		s = s[i:]
		if r, n := reference(s); n > 0 {
			if r != '\r' {
				out.WriteRune(r)
			}
			s = s[n:]
			continue
		}
		out.WriteByte(s[0])
		s = s[1:]
	}
	return out.String()
}

func reference(s string) (r rune, n int) {
	if s[0] == '_' {
		if len(s) >= 7 && s[1] == 'x' && s[6] == '_' {
			if v, err := strconv.ParseUint(s[2:6], 16, 32); err == nil {
				return rune(v), 7
			}
		}
		return 0, 0
	}
	z := strings.IndexByte(s[:min(len(s), 12)], ';')
	if z < 2 {
		return 0, 0
	}
	name := s[1:z]
	if name[0] == '#' && len(name) > 1 {
		base, digits := 10, name[1:]
		if digits[0] == 'x' || digits[0] == 'X' {
			base, digits = 16, digits[1:]
		}
		if v, err := strconv.ParseUint(digits, base, 32); err == nil && v <= utf8.MaxRune {
			return rune(v), z + 1
		}
		return 0, 0
	}
	switch name {
	case "amp":
		return '&', z + 1
	case "lt":
		return '<', z + 1
	case "gt":
		return '>', z + 1
	case "quot":
		return '"', z + 1
	case "apos":
		return '\'', z + 1
	}
	return 0, 0
}
