package app

import (
	"io"

	"tongce/app/schema"
	"tongce/app/workspace"
)

// Export writes the customers that a list shows, all pages of it, to a file
// that the person names.
func (s *Customers) Export(in ExportRequest) (out FileReply, err error) {
	defer guard(s.app, "Customers.Export", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	spec, err := b.exportSpec(in)
	if err != nil {
		return out, err
	}
	lang := s.app.lang()
	name := pick(lang, "客户", "Customers") + "." + in.Format
	n := 0
	path, err := s.app.cfg.Host.Save(s.app.ctx, pick(lang, "导出客户", "Export customers"), name, func(w io.Writer) (err error) {
		n, err = b.ExportTo(s.app.ctx, w, spec)
		return err
	})
	if err != nil || path == "" {
		return FileReply{}, err
	}
	return FileReply{Path: path, Count: n}, nil
}

// exportSpec leaves sealed columns out unless they were asked for.
func (s *session) exportSpec(in ExportRequest) (workspace.ExportSpec, error) {
	spec := workspace.ExportSpec{Format: workspace.Format(in.Format), Query: s.query(in.List), Language: s.app.lang()}
	switch spec.Format {
	case workspace.XLSX, workspace.CSV:
	case workspace.JSON:
		if !in.Sealed { // this form always has every field
			return spec, &fault{code: CodeInvalid, reason: "sealed"}
		}
	default:
		return spec, &fault{code: CodeInvalid, reason: "format"}
	}
	wanted := map[string]bool{}
	for _, id := range in.List.Fields {
		wanted[id] = true
	}
	for _, f := range s.Schema.Fields() {
		if f.Type == schema.TypeLong || f.Type == schema.TypeEntries || (f.Sealed && !in.Sealed) {
			continue
		}
		if len(wanted) == 0 || wanted[f.ID] {
			spec.Fields = append(spec.Fields, f.ID)
		}
	}
	return spec, nil
}
