package workspace

// Leftovers is how many imports have rows in the store that nobody needs.
func Leftovers(w *Workspace) (int, error) {
	all, err := w.Import.leftovers()
	return len(all), err
}
