package app

// Imports is the import wizard, past imports and their undo.
type Imports struct{ app *App }

// Pick ...

func (s *Imports) Pick() (out ImportView, err error) {
	defer guard(s.app, "Imports.Pick", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Open ...

func (s *Imports) Open(_ string) (out ImportView, err error) {
	defer guard(s.app, "Imports.Open", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// AddFile ...

func (s *Imports) AddFile(_ FileRequest) (out ImportView, err error) {
	defer guard(s.app, "Imports.AddFile", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// View ...

func (s *Imports) View(_ string) (out ImportView, err error) {
	defer guard(s.app, "Imports.View", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Sheet ...

func (s *Imports) Sheet(_ SheetRequest) (out RawRowsReply, err error) {
	defer guard(s.app, "Imports.Sheet", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// ChooseSheet ...

func (s *Imports) ChooseSheet(_ SheetRequest) (out ImportView, err error) {
	defer guard(s.app, "Imports.ChooseSheet", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Columns ...

func (s *Imports) Columns(_ string) (out ColumnsReply, err error) {
	defer guard(s.app, "Imports.Columns", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Map ...

func (s *Imports) Map(_ MapRequest) (out ColumnsReply, err error) {
	defer guard(s.app, "Imports.Map", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Option ...

func (s *Imports) Option(_ OptionRequest) (out ColumnsReply, err error) {
	defer guard(s.app, "Imports.Option", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Plan ...

func (s *Imports) Plan(_ string) (out ImportView, err error) {
	defer guard(s.app, "Imports.Plan", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Rows ...

func (s *Imports) Rows(_ PlanRequest) (out PlanReply, err error) {
	defer guard(s.app, "Imports.Rows", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Fix ...

func (s *Imports) Fix(_ FixRequest) (out PlanReply, err error) {
	defer guard(s.app, "Imports.Fix", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// UndoFix ...

func (s *Imports) UndoFix(_ string) (out PlanReply, err error) {
	defer guard(s.app, "Imports.UndoFix", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Write ...

func (s *Imports) Write(_ string) (out ImportView, err error) {
	defer guard(s.app, "Imports.Write", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Cancel ...

func (s *Imports) Cancel(_ string) (out ImportView, err error) {
	defer guard(s.app, "Imports.Cancel", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Resume ...

func (s *Imports) Resume(_ string) (out ImportView, err error) {
	defer guard(s.app, "Imports.Resume", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Discard ...

func (s *Imports) Discard(_ string) (out PastReply, err error) {
	defer guard(s.app, "Imports.Discard", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Problems ...

func (s *Imports) Problems(_ string) (out FileReply, err error) {
	defer guard(s.app, "Imports.Problems", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Past ...

func (s *Imports) Past() (out PastReply, err error) {
	defer guard(s.app, "Imports.Past", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// UndoPreview ...

func (s *Imports) UndoPreview(_ UndoRequest) (out UndoReply, err error) {
	defer guard(s.app, "Imports.UndoPreview", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Undo ...

func (s *Imports) Undo(_ UndoRequest) (out UndoReply, err error) {
	defer guard(s.app, "Imports.Undo", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// UndoReport ...

func (s *Imports) UndoReport(_ string) (out FileReply, err error) {
	defer guard(s.app, "Imports.UndoReport", &out, &err)()
	_, err = s.app.open()
	return out, err
}
