package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"tongce/app/sheet"
	"tongce/crdt/gate"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// internalOnly are exported errors that no bound method lets out: the caller in
// between answers them, or they mean that the program is wrong.
func internalOnly() map[string]string {
	return map[string]string{
		"bench.ErrNoRow":        "the bench's own",
		"canon.ErrEncoding":     "bytes of others: becomes a refusal before it gets here",
		"crdt.ErrBroken":        "repo loads the document again",
		"crdt.ErrClosed":        "repo closes documents itself",
		"crdt.ErrEdit":          "a programming error",
		"crdt.ErrMissingDeps":   "repo asks the relay",
		"crdt.ErrNotProven":     "repo throws the snapshot away",
		"crdt.ErrNothing":       "repo answers with its own",
		"crdt.ErrUnknownHeads":  "repo answers with a code",
		"keychain.ErrCorrupt":   "workspace.DamagedFile knows the file: answered before the table is asked",
		"keychain.ErrCost":      "as ErrCorrupt",
		"repo.ErrFeedTrimmed":   "the follower reads everything anew",
		"repo.ErrNothing":       "answered as a reply without a change",
		"repo.ErrSalt":          "the peer skips it",
		"seal.ErrKeyClash":      "a programming error",
		"seal.ErrValue":         "a programming error",
		"store.ErrReadOnly":     "a programming error",
		"store.ErrStop":         "ends a scan",
		"memstore.ErrCrashed":   "tests only",
		"crdttest.ErrDiffers":   "tests only",
		"ringtest.ErrNoService": "tests only",
		"serve.ErrNotLoopback":  "main's",
		"workspace.ErrShared":   "tongcectl answers with what the relay said",
	}
}

// errorsOf lists the exported sentinels and error types of a package.
func errorsOf(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			g, ok := decl.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					if strings.HasPrefix(name.Name, "Err") {
						out = append(out, f.Name.Name+"."+name.Name)
					}
				}
			}
		}
	}
	return out
}

// mapped lists what the table in errors.go names.
func mapped(t *testing.T) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				out = append(out, x.Name+"."+s.Sel.Name)
			}
		}
		if x, ok := n.(*ast.Ident); ok && strings.HasPrefix(x.Name, "Err") {
			out = append(out, "app."+x.Name)
		}
		return true
	})
	return out
}

// Every exported error of the packages below is mapped to a code, or listed as
// internal with the reason.
func TestEveryErrorHasACode(t *testing.T) {
	t.Parallel()
	known, internal := mapped(t), internalOnly()
	found := map[string]bool{}
	for _, root := range []string{".", "../crdt"} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			if d.Name() == "testdata" || d.Name() == "cmd" {
				return filepath.SkipDir
			}
			for _, name := range errorsOf(t, path) {
				found[name] = true
				_, in := internal[name]
				if in == slices.Contains(known, name) {
					t.Errorf("%s: must be either in the table of errors.go or in internalOnly", name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) < 60 {
		t.Errorf("found %d errors, want more: the walk is broken", len(found))
	}
	for name := range internal {
		if !found[name] {
			t.Errorf("%s: is listed as internal and does not exist", name)
		}
	}
	t.Logf("%d errors, %d internal", len(found), len(internal))
}

func TestEveryWireWordHasACode(t *testing.T) {
	t.Parallel()
	f, err := parser.ParseFile(token.NewFileSet(), "../crdt/change/code.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(f, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		lit, ok := spec.Values[0].(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		word, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		n++
		if codeOfRefusal(wire.Code(word)) == CodeInternal && !slices.Contains(protocolOnly(), word) {
			t.Errorf("%s: becomes internal", word)
		}
		return true
	})
	if n < 30 {
		t.Errorf("found %d words", n)
	}
}

// protocolOnly are words between devices and relay that mean a fault of a
// program: the person can do nothing about them.
func protocolOnly() []string {
	return []string{
		"actor_foreign", "bad_change", "bad_key", "counter_used", "ledger_broken", "missing_deps", "op_forbidden", "seal_required",
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want Code
		key  string
		text string
	}{
		"disk full":       {fmt.Errorf("edit %s: %w", "x", store.ErrDiskFull), CodeDiskFull, "", ""},
		"system disk":     {&os.PathError{Op: "write", Err: syscall.ENOSPC}, CodeDiskFull, "", ""},
		"second start":    {fmt.Errorf("open: %w", &store.LockedError{PID: 7, Host: "pc"}), CodeLocked, "pid", "7"},
		"hostile sheet":   {&sheet.Error{Reason: sheet.ReasonMemory}, CodeTooLarge, "reason", "too_much_memory"},
		"old workbook":    {&sheet.Error{Reason: sheet.ReasonXLS, Row: 3}, CodeInvalid, "row", "3"},
		"refusal":         {&gate.Refusal{Code: "field_denied"}, CodeDenied, "reason", "field_denied"},
		"stopped":         {context.Canceled, CodeCancelled, "", ""},
		"anything else":   {errors.New("anything"), CodeInternal, "", ""},
		"fault of a form": {&fault{code: CodeInvalid, field: "name", reason: "empty"}, CodeInvalid, "reason", "empty"},
	} {
		got := codeOf(c.err)
		if got.Code != c.want || got.Params[c.key] != c.text {
			t.Errorf("%s: got %s %v, want %s", name, got.Code, got.Params, c.want)
		}
	}
}

// What the window receives is one JSON string, whatever went wrong (W1).
func TestFormatIsAString(t *testing.T) {
	t.Parallel()
	var a *App
	for _, err := range []error{errors.New("x"), a.code("op", store.ErrDiskFull), fmt.Errorf("around: %w", a.code("op", &fault{code: CodeBusy}))} {
		text, ok := Format(err).(string)
		var sent map[string]any
		if !ok || text == "" || json.Unmarshal([]byte(text), &sent) != nil {
			t.Errorf("got %v, want a JSON string", Format(err))
			continue
		}
		if !slices.ContainsFunc(Codes(), func(c CodeName) bool { return string(c.Value) == sent["code"] }) {
			t.Errorf("got code %v, which is not bound", sent["code"])
		}
		if strings.Contains(text, "disk is full") {
			t.Error("the text of an error reached the window")
		}
	}
}
