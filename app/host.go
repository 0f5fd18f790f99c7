package app

import (
	"context"
	"errors"
	"io"
)

// ErrNoDialog means that this host has no file dialog of its own: a browser
// uploads files instead.
var ErrNoDialog = errors.New("no file dialog here")

// Host is what differs between the desktop window and a browser.
type Host interface {
	// Emit sends an event to every window, in order, and does not wait for them.
	Emit(name string, event Event)
	// PickFiles asks for spreadsheets; none when the person closed the dialog.
	PickFiles(ctx context.Context, title string) ([]string, error)
	// Read gives the whole file at a path that PickFiles, a drop or an upload
	// named. It returns the file's name without its folder, and either the path
	// of a file on disk or its bytes.
	Read(path string) (name, file string, data []byte, err error)
	// Save lets the person choose where a file goes, under the name suggested,
	// and has write fill it. It returns where, or "" when the dialog was
	// closed. Nothing remains of a file that write did not finish.
	Save(ctx context.Context, title, suggested string, write func(io.Writer) error) (string, error)
	// OpenFolder shows a folder of this computer.
	OpenFolder(ctx context.Context, path string) error
}
