package change

// TextBytes is how long the text is, as State counts it.
func TextBytes(s *State, id OpID) int { return s.texts[id].bytes }
