// Command tongcectl is the book from a terminal, over the same package
// workspace as the window. Its grammar is fixed: scripts and tests stand on it.
//
//	tongcectl COMMAND --dir DIR [--passphrase-file F] [--json] ...
//
// It exits with 0 done, 1 failed, 2 wrong usage, 3 refused, 4 offline. With
// --json one object goes to stdout, and errors go as
// {"error":{"code","message"}} to stderr.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"

	"tongce/app/sheet"
	"tongce/app/workspace"
	"tongce/crdt/wire"
)

// version is what a relay is told and --version prints.
const version = "0.1.0"

// memoryLimit is where the collector stops trading memory for time (ADR 0059).
const memoryLimit = 440 << 20

func main() {
	if sheet.RunChild(os.Args[1:], os.Stdin, os.Stdout) {
		return
	}
	debug.SetMemoryLimit(memoryLimit)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	workspace.CacheEngine(log)
	p := &program{
		out: os.Stdout, err: os.Stderr, deps: workspace.SystemDeps(log, "tongcectl "+version),
		lang: language(os.Getenv),
	}
	code := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// program is one run of tongcectl; tests put their own parts in.
type program struct {
	out, err io.Writer
	deps     workspace.Deps
	lang     string
	json     bool
	command  string // that was asked for, when there is one of the name
}

// command is one entry of the grammar. Flags maps a flag to the kind of its
// value; args are how many other arguments there may be.
type command struct {
	flags    map[string]flagKind
	min, max int
	run      func(*program, context.Context, *arguments) error
}

const many = 1 << 20

func commands() map[string]command {
	return map[string]command{
		"init":      {flags: map[string]flagKind{"name": text, "member": text, "department": text, "relay": text, "device": text}, run: (*program).initBook},
		"invite":    {flags: map[string]flagKind{"role": text, "department": text, "member": text}, run: (*program).invite},
		"join":      {flags: map[string]flagKind{"member": text, "device": text}, min: 1, max: 1, run: (*program).join},
		"import":    {flags: map[string]flagKind{"plan": flag, "sheet": text, "map": list, "undo": text}, max: many, run: (*program).importFiles},
		"list":      {flags: map[string]flagKind{"where": list, "sort": text, "limit": text, "offset": text}, run: (*program).list},
		"search":    {flags: map[string]flagKind{"limit": text}, min: 1, max: 1, run: (*program).search},
		"show":      {min: 1, max: 1, run: (*program).show},
		"set":       {min: 2, max: many, run: (*program).set},
		"new":       {min: 1, max: many, run: (*program).create},
		"history":   {min: 1, max: 2, run: (*program).history},
		"conflicts": {run: (*program).conflicts},
		"resolve":   {min: 3, max: 3, run: (*program).resolve},
		"sync":      {flags: map[string]flagKind{"once": flag, "timeout": text}, run: (*program).sync},
		"status":    {run: (*program).status},
		"export":    {flags: map[string]flagKind{"format": text, "out": text}, run: (*program).export},
		"verify":    {run: (*program).verify},
		"bench":     {flags: map[string]flagKind{"only": text}, run: (*program).bench},
	}
}

func (p *program) run(ctx context.Context, args []string) int {
	err := p.try(ctx, args)
	if err == nil {
		return 0
	}
	kind := kindOf(err)
	if kind == kindQuiet {
		return 1
	}
	msg := p.message(kind, err)
	if p.json {
		b, _ := json.Marshal(map[string]any{"error": map[string]string{"code": kind.code(), "message": msg}})
		fmt.Fprintln(p.err, string(b))
	} else {
		fmt.Fprintln(p.err, "tongcectl: "+msg)
	}
	return kind.exit()
}

func (p *program) try(ctx context.Context, args []string) error {
	for _, a := range args { // also when the rest cannot be understood
		p.json = p.json || a == "--json"
	}
	if len(args) == 1 && (args[0] == "--version" || args[0] == "version") {
		_, err := fmt.Fprintln(p.out, "tongcectl "+version)
		return err
	}
	help := func(a string) bool { return a == "--help" || a == "-h" }
	if len(args) == 0 || args[0] == "help" || slices.ContainsFunc(args, help) {
		fmt.Fprint(p.out, usage)
		if len(args) == 0 {
			return errUsage
		}
		return nil
	}
	c, ok := commands()[args[0]]
	if !ok {
		return usageError("%q", args[0])
	}
	p.command = args[0]
	a, err := parse(c, args[1:])
	if err != nil {
		return err
	}
	return c.run(p, ctx, a)
}

// open opens the workspace that --dir names.
func (p *program) open(ctx context.Context, a *arguments) (*workspace.Workspace, error) {
	pass, err := a.passphrase()
	if err != nil {
		return nil, err
	}
	defer clear(pass)
	return workspace.Open(ctx, p.deps, workspace.OpenSpec{Dir: a.dir, Passphrase: pass})
}

// with opens the workspace, calls fn and closes it.
func (p *program) with(ctx context.Context, a *arguments, fn func(*workspace.Workspace) error) (err error) {
	w, err := p.open(ctx, a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	defer func() { p.tellCopied(w, err) }()
	if err := w.WaitIndexed(ctx); err != nil {
		return err
	}
	return fn(w)
}

// tellCopied says once that an exchange found this folder to be a copy (EN5). It
// is no failure: what was written here goes on under new numbers. Beside a
// failure that a program reads nothing else is said.
func (p *program) tellCopied(w *workspace.Workspace, err error) {
	if w.Link.Status().Code == wire.CodeDeviceForked && (err == nil || !p.json) {
		fmt.Fprintln(p.err, "tongcectl: "+p.message("copied", nil))
	}
}

// print writes the one object of --json, or what human prints.
func (p *program) print(v any, human func()) error {
	if !p.json {
		human()
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("print: %w", err)
	}
	_, err = fmt.Fprintln(p.out, string(b))
	return err
}

func (p *program) line(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }
