package workspace

import (
	"slices"
	"strings"

	"tongce/app/sheet"
)

// Send maps a column of a sheet to a field, and that column of all sheets with
// the same headers; an empty field leaves it out.
func (j *Job) Send(n, col int, field string) error {
	return j.remap(n, col, func(m *sheet.Mapping, col int) error { return m.Send(col, field) })
}

// Equal says what a spelling of a choice column equals, for all sheets with the
// same headers.
func (j *Job) Equal(n, col int, text, value string) error {
	return j.remap(n, col, func(m *sheet.Mapping, col int) error { return m.Equal(col, text, value) })
}

// remap returns sheet.ErrNoRow when no sheet has what is named.
func (j *Job) remap(n, col int, fn func(m *sheet.Mapping, col int) error) error {
	if err := j.at(PhaseSheets); err != nil {
		return err
	}
	defer j.mu.Unlock()
	j.state.Lock()
	defer j.state.Unlock()
	s, err := j.sheet(n)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(s.Mapping.Columns, func(c sheet.Column) bool { return c.Col == col })
	if at < 0 {
		return sheet.ErrNoRow
	}
	result := fn(s.Mapping, col)
	same := s.Mapping.Identities()[at]
	for k, other := range j.rec.Sheets {
		if k == n || same == "" {
			continue
		}
		if i := slices.Index(other.Mapping.Identities(), same); i >= 0 {
			if err := fn(other.Mapping, other.Mapping.Columns[i].Col); err == nil {
				result = nil
			}
		}
	}
	return result
}

// SendHeader maps every column of the chosen sheets whose header is the text
// to a field; a column without a header has its letter for one. It returns how
// many there were.
func (j *Job) SendHeader(header, field string) (int, error) {
	count := 0
	for n, s := range j.Sheets() {
		for _, c := range s.Mapping.Columns {
			last := c.Header[strings.LastIndex(c.Header, "/")+1:]
			unnamed := c.Header == "" && c.Letter() == header
			if !s.Chosen || (c.Header != header && last != header && !unnamed) {
				continue
			}
			if err := j.Send(n, c.Col, field); err != nil {
				return count, err
			}
			count++
		}
	}
	return count, nil
}

// remember keeps the mappings for files of the same layout, once the import is
// meant: a plan that is dropped says nothing about the next one.
func (j *Job) remember() error {
	for _, s := range j.Sheets() {
		if s.Chosen {
			fingerprint := s.Mapping.Fingerprint()
			if err := j.w.setMark("layout/"+fingerprint, s.Mapping.Layout(j.i.layout(fingerprint))); err != nil {
				return err
			}
		}
	}
	return nil
}
