package app

import (
	"context"
	"io/fs"
	"log/slog"
	"runtime"

	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/windows"
)

// Title is the title of the window. It never carries a customer's name.
const Title = "同册"

// Window describes the desktop window on this App: its size, what it may call
// and when the book is opened and closed. host is the one that the App has.
func (a *App) Window(dist fs.FS, host *Desktop) *options.App {
	return &options.App{
		Title: Title,
		Width: 1280, Height: 800, MinWidth: 1024, MinHeight: 680,
		BackgroundColour: options.NewRGB(255, 255, 255),
		AssetServer:      &assetserver.Options{Assets: dist},
		Bind:             a.Bind(),
		EnumBind:         []any{Codes()},
		ErrorFormatter:   Format,
		OnStartup: func(ctx context.Context) {
			host.attach(ctx)
			a.Startup() //nolint:contextcheck // the book outlives the window's calls; Shutdown ends it
		},
		OnShutdown: func(context.Context) { a.Shutdown() },
		Logger:     &quiet{a.cfg.Log},
		// Trace would write whole replies (W3).
		LogLevel: logger.WARNING, LogLevelProduction: logger.WARNING,
		DragAndDrop: &options.DragAndDrop{
			EnableFileDrop: true,
			// On Linux it would end the window's own drops as well.
			DisableWebViewDrop: runtime.GOOS != "linux",
		},
		Windows: &windows.Options{WebviewDisableRendererCodeIntegrity: false},
		Linux:   &linux.Options{ProgramName: "tongce", WebviewGpuPolicy: linux.WebviewGpuPolicyOnDemand},
	}
}

// quiet is the window's logger: it says that something was said and how long
// it was. Its messages hold arguments of calls, so passphrases and customers
// (W2, W3).
type quiet struct{ log *slog.Logger }

var _ logger.Logger = (*quiet)(nil)

func (q *quiet) note(level slog.Level, message string) {
	if q.log != nil {
		q.log.Log(context.Background(), level, "window", slog.Int("bytes", len(message)))
	}
}

// Print drops the message.
func (q *quiet) Print(string) {}

// Trace drops the message.
func (q *quiet) Trace(string) {}

// Debug drops the message.
func (q *quiet) Debug(string) {}

// Info drops the message.
func (q *quiet) Info(string) {}

// Warning notes that there was one.
func (q *quiet) Warning(message string) { q.note(slog.LevelWarn, message) }

// Error notes that there was one.
func (q *quiet) Error(message string) { q.note(slog.LevelError, message) }

// Fatal notes that there was one; the program ends after it.
func (q *quiet) Fatal(message string) { q.note(slog.LevelError, message) }
