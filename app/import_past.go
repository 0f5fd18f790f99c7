package app

import (
	"strings"
	"time"

	"tongce/app/workspace"
	"tongce/crdt/canon"
)

// Past lists imports, newest first: those of this computer and those of others
// that the book has customers of.
func (s *Imports) Past() (out PastReply, err error) {
	defer guard(s.app, "Imports.Past", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	return b.past()
}

func (s *session) past() (out PastReply, err error) {
	all, err := s.Import.Past()
	if err != nil {
		return out, err
	}
	me := s.Me()
	for _, p := range all {
		id := canon.Text16(p.Batch)
		by := Author{MemberID: p.By.String(), At: p.At.UTC().Format(time.RFC3339), Me: p.By == me.ID}
		if m, ok := s.Charter().Member(p.By); ok {
			by.Member, by.Department = m.Name, m.Department
			if d, ok := s.Charter().Department(m.Department); ok {
				by.Department = d.Name
			}
		}
		out.Imports = append(out.Imports, PastImport{
			Batch: id, Job: id, File: fileNames(p.Files), By: by, Rows: p.Rows, Counts: countsView(p.Counts),
			Undone: p.Phase == workspace.PhaseUndone, Elsewhere: p.Elsewhere,
			Open: p.Phase == workspace.PhaseSheets || p.Phase == workspace.PhaseCheck || p.Phase == workspace.PhaseWriting,
		})
		if p.Elsewhere {
			out.Imports[len(out.Imports)-1].Job = ""
		}
	}
	return out, nil
}

func fileNames(files []workspace.FileInfo) string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	return strings.Join(names, " + ")
}
