package app

import (
	"fmt"
	"reflect"
	"runtime/debug"

	wails "github.com/wailsapp/wails/v2/pkg/runtime"
)

// panicked is what a bound method's panic becomes. It tells the kind of the
// panic and not its value, which may hold what a person typed.
type panicked struct{ kind string }

func (p *panicked) Error() string { return "panic: " + p.kind }

// guard is the first line of every bound method:
//
//	defer guard(s.app, "Customers.List", &out, &err)()
//
// It turns a panic into an error, since the promise of a call that panicked
// would never settle (W2); brings errors into their wire form; and gives every
// list of the reply that is nil an empty one, since the window's types know no
// null there (W10). out is nil for a method that returns an error alone.
func guard(a *App, op string, out any, err *error) func() {
	// WebKit takes over SIGSEGV without an alternate stack (W17).
	wails.ResetSignalHandlers()
	return func() {
		if p := recover(); p != nil {
			*err = &panicked{kindOfPanic(p)}
			a.logPanic(op, *err, debug.Stack())
		}
		if *err != nil {
			*err = a.code(op, *err)
			return
		}
		if out != nil {
			fillNil(reflect.ValueOf(out).Elem())
		}
	}
}

func kindOfPanic(p any) string {
	if _, ok := p.(interface{ RuntimeError() }); ok {
		return fmt.Sprint(p) // the runtime's own: positions and types, no content
	}
	return fmt.Sprintf("%T", p)
}

// fillNil puts empty lists where a reply has none.
func fillNil(v reflect.Value) {
	if !holdsLists(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
			return
		}
		if holdsLists(v.Type().Elem()) {
			for i := range v.Len() {
				fillNil(v.Index(i))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fillNil(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillNil(v.Field(i))
		}
	default:
	}
}

func holdsLists(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice:
		return true
	case reflect.Pointer:
		return holdsLists(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if holdsLists(t.Field(i).Type) {
				return true
			}
		}
	default:
	}
	return false
}
