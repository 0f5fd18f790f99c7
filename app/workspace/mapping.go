package workspace

import (
	"context"
	"slices"
	"strings"

	"tongce/app/sheet"
)

// Add takes a further file in; what was chosen of those before stays. An error is
// one of Open's, and the file is not taken in.
func (j *Job) Add(ctx context.Context, f sheet.Source) error {
	return j.edit(func() error {
		r, err := j.i.read()
		if err != nil {
			return err
		}
		report, err := r.Inspect(ctx, f, nil)
		if err != nil {
			return err
		}
		info := FileInfo{
			Name: f.Name, Digest: report.Digest, Format: report.Format, Encoding: report.Encoding, Separator: report.Separator,
		}
		if was := j.Info(); was.Draft {
			if f, err = j.keep(ctx, len(was.Files), f, &info); err != nil {
				return err
			}
		}
		j.state.Lock()
		defer j.state.Unlock()
		for _, s := range report.Sheets {
			local := s.Index
			s.Index = len(j.rec.Sheets)
			j.rec.Sheets = append(j.rec.Sheets, SheetState{
				File: len(j.files), Local: local, Chosen: s.Guess == sheet.GuessCustomers && !s.Hidden, Mapping: sheet.Map(s, j.w.Schema, j.layout),
			})
		}
		j.files = append(j.files, f)
		j.rec.Files = append(j.rec.Files, info)
		return nil
	})
}

// layout is what is known of sheets with the same headers: as an earlier import
// left it, with what was said in this one. j.state is held.
func (j *Job) layout(fingerprint string) []byte {
	known := j.i.layout(fingerprint)
	for _, s := range j.rec.Sheets {
		if s.Mapping.Fingerprint() == fingerprint {
			known = s.Mapping.Said(known)
		}
	}
	return known
}

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

// remap returns sheet.ErrNoRow when no sheet has what is named. Mappings that were
// handed out stay as they are.
func (j *Job) remap(n, col int, fn func(m *sheet.Mapping, col int) error) error {
	return j.edit(func() error { return j.change(n, col, fn) })
}

func (j *Job) change(n, col int, fn func(m *sheet.Mapping, col int) error) error {
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
	send := func(s *SheetState, col int) error {
		m := s.Mapping.Clone()
		err := fn(m, col)
		if err == nil {
			s.Mapping = m
		}
		return err
	}
	same := s.Mapping.Identities()[at]
	result := send(s, col)
	for k := range j.rec.Sheets {
		if k == n || same == "" {
			continue
		}
		other := &j.rec.Sheets[k]
		if i := slices.Index(other.Mapping.Identities(), same); i >= 0 {
			if err := send(other, other.Mapping.Columns[i].Col); err == nil {
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
