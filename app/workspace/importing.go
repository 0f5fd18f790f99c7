package workspace

// Import brings sheets into the book.
type Import struct{ w *Workspace }

func newImport(w *Workspace) *Import { return &Import{w: w} }
