package workspace

// nudge tells the link that something waits in the outbox.
func (w *Workspace) nudge() {}
