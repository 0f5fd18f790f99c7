package app

import "context"

// session is the open book.
type session struct{}

// open waits until Startup has looked for a book and gives it, or says that it
// is locked.
func (a *App) open() (*session, error) {
	<-a.ready
	return nil, &fault{code: CodeLocked}
}

func (a *App) context() context.Context { return context.Background() }
