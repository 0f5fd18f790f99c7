package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"

	wails "github.com/wailsapp/wails/v2/pkg/runtime"
)

// Desktop is the host of the real window. It alone keeps the window's context,
// since a call of its runtime with another one ends the process (W18).
type Desktop struct {
	mu  sync.Mutex
	ctx func() context.Context
}

var _ Host = (*Desktop)(nil)

// NewDesktop gives a host that is silent until the window has started.
func NewDesktop() *Desktop { return &Desktop{} }

func (d *Desktop) attach(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ctx = func() context.Context { return ctx }
}

func (d *Desktop) window() (context.Context, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ctx == nil {
		return nil, false
	}
	return d.ctx(), true
}

// Emit sends an event to the window, once there is one.
func (d *Desktop) Emit(name string, event Event) {
	if ctx, ok := d.window(); ok {
		wails.EventsEmit(ctx, name, event)
	}
}

// PickFiles opens the system's dialog.
func (d *Desktop) PickFiles(_ context.Context, title string) ([]string, error) {
	ctx, ok := d.window()
	if !ok {
		return nil, ErrNoDialog
	}
	return wails.OpenMultipleFilesDialog(ctx, wails.OpenDialogOptions{ //nolint:contextcheck // the window's own context, no other (W18)
		Title: title,
		Filters: []wails.FileFilter{{
			DisplayName: "Excel, CSV (*.xlsx;*.xls;*.csv;*.txt)",
			Pattern:     "*.xlsx;*.xlsm;*.xls;*.csv;*.tsv;*.txt",
		}},
	})
}

// Read leaves the file where it is.
func (d *Desktop) Read(path string) (string, string, []byte, error) {
	return filepath.Base(path), path, nil, nil
}

// Save asks where to, writes beside it and renames, so that a file that was
// there stays whole until the new one is.
func (d *Desktop) Save(_ context.Context, title, suggested string, write func(io.Writer) error) (string, error) {
	ctx, ok := d.window()
	if !ok {
		return "", ErrNoDialog
	}
	path, err := wails.SaveFileDialog(ctx, wails.SaveDialogOptions{Title: title, DefaultFilename: suggested}) //nolint:contextcheck // as above
	if err != nil || path == "" {
		return "", err
	}
	if filepath.Ext(path) == "" {
		path += filepath.Ext(suggested)
	}
	return path, replaceFile(path, write)
}

// OpenFolder shows the folder in the system's file manager and does not wait
// for it.
func (d *Desktop) OpenFolder(_ context.Context, path string) error {
	program := map[string]string{"windows": "explorer", "darwin": "open"}[runtime.GOOS]
	if program == "" {
		program = "xdg-open"
	}
	// The file manager outlives the call, so the call's context does not end it.
	c := exec.CommandContext(context.Background(), program, path) //nolint:gosec,contextcheck // the book's own folder; the file manager outlives the call
	if err := c.Start(); err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	return c.Process.Release()
}

// replaceFile puts what write writes at path, whole or not at all.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".tongce-*")
	if err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	if err = f.Close(); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}
