package sheet

import (
	"bytes"
	"io"
)

// sniff tells by content, never by name, how a file is to be read.
func sniff(head []byte) (format string, err error) {
	switch {
	case len(head) == 0:
		return "", refuse(ReasonEmpty)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "xlsx", nil
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return "ole", nil
	}
	for _, magic := range []string{"%PDF", "\x89PNG", "\xFF\xD8\xFF", "GIF8", "{\\rtf", "\x7fELF", "MZ\x90", "\x1f\x8b", "Rar!", "7z\xbc\xaf", "SQLite format 3"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return "", refuse(ReasonNotTable)
		}
	}
	t := bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	t = bytes.ToLower(bytes.TrimLeft(t, " \t\r\n"))
	for _, mark := range []string{"<html", "<!doctype", "<table", "<?xml", "<meta", "<head", "<!--"} {
		if bytes.HasPrefix(t, []byte(mark)) {
			return "", refuse(ReasonHTML)
		}
	}
	return "csv", nil
}

// oleReason tells an encrypted workbook from an old one by the names of the
// streams in the container.
func oleReason(in io.ReaderAt, size int64) Reason {
	wide := func(s string) []byte {
		var b []byte
		for _, r := range s {
			b = append(b, byte(r), 0)
		}
		return b
	}
	locked, book := wide("EncryptedPackage"), wide("Book")
	upper := wide("Workbook")
	buf := make([]byte, 1<<20)
	found := ReasonNotTable
	for at := int64(0); at < size; at += int64(len(buf) - 64) {
		n, _ := in.ReadAt(buf, at)
		switch {
		case bytes.Contains(buf[:n], locked):
			return ReasonPassword
		case bytes.Contains(buf[:n], upper), bytes.Contains(buf[:n], book):
			found = ReasonXLS
		}
	}
	return found
}
