package app_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"tongce/app"
)

// broken are the bound services without an App behind them: every call must
// still answer.
func broken() []any {
	return []any{
		new(app.Start), new(app.Customers), new(app.History), new(app.Review), new(app.Imports), new(app.Sync), new(app.Settings),
	}
}

func boundMethods(t *testing.T) map[string]reflect.Value {
	t.Helper()
	out := map[string]reflect.Value{}
	for _, service := range broken() {
		v := reflect.ValueOf(service)
		for m := range v.Type().Methods() {
			out[v.Elem().Type().Name()+"."+m.Name] = v.MethodByName(m.Name)
		}
	}
	return out
}

func TestBindListIsWhatIsTested(t *testing.T) {
	t.Parallel()
	a, _ := testApp(t, t.TempDir())
	var got, want []string
	for _, s := range a.Bind() {
		got = append(got, reflect.TypeOf(s).String())
	}
	for _, s := range broken() {
		want = append(want, reflect.TypeOf(s).String())
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("bound: got %v, want %v", got, want)
	}
}

func TestBoundSignatures(t *testing.T) {
	t.Parallel()
	methods := boundMethods(t)
	if len(methods) < 60 {
		t.Fatalf("got %d methods, want at least 60", len(methods))
	}
	errType := reflect.TypeFor[error]()
	for name, m := range methods {
		mt := m.Type()
		if mt.NumIn() > 1 || mt.IsVariadic() {
			t.Errorf("%s: got %d arguments, want one at most (W11)", name, mt.NumIn())
		}
		for i := range mt.NumIn() {
			if in := mt.In(i); in != reflect.TypeFor[string]() {
				checkDTO(t, name, in, 0)
			}
		}
		switch {
		case mt.NumOut() == 1 && mt.Out(0) == errType:
		case mt.NumOut() == 2 && mt.Out(1) == errType:
			checkDTO(t, name, mt.Out(0), 0)
		default:
			t.Errorf("%s: results must be (T, error) or error (W4)", name)
		}
	}
}

// checkDTO allows flat structs of package app with tagged fields of plain
// kinds, and nothing that the bridge mangles (W5 to W10).
func checkDTO(t *testing.T, at string, typ reflect.Type, depth int) {
	t.Helper()
	if depth > 6 {
		t.Errorf("%s: too deep", at)
		return
	}
	switch typ.Kind() {
	case reflect.Struct:
		if typ.PkgPath() != "tongce/app" || strings.Contains(typ.Name(), "[") || typ.Name() == "" {
			t.Errorf("%s: %s is no flat struct of package app", at, typ)
			return
		}
		for i := range typ.NumField() {
			f := typ.Field(i)
			tag := f.Tag.Get("json")
			if !f.IsExported() || tag == "" || strings.Contains(tag, ",") || strings.ToLower(tag[:1]) != tag[:1] {
				t.Errorf("%s: %s.%s needs a plain camelCase json tag", at, typ.Name(), f.Name)
			}
			checkDTO(t, at+"."+f.Name, f.Type, depth+1)
		}
	case reflect.Slice:
		if typ.Elem().Kind() == reflect.Uint8 {
			t.Errorf("%s: bytes do not cross the bridge (W7)", at)
		}
		checkDTO(t, at, typ.Elem(), depth+1)
	case reflect.Pointer:
		checkDTO(t, at, typ.Elem(), depth+1)
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		if typ.PkgPath() != "" {
			t.Errorf("%s: %s is a named scalar (W5)", at, typ)
		}
	default:
		t.Errorf("%s: %s does not cross the bridge", at, typ)
	}
}

// A call of a service that is not wired panics inside; what comes back is a
// coded error with a reference, never a panic (W2).
func TestGuardOnBrokenServices(t *testing.T) {
	t.Parallel()
	for name, m := range boundMethods(t) {
		var args []reflect.Value
		for i := range m.Type().NumIn() {
			args = append(args, reflect.Zero(m.Type().In(i)))
		}
		outs := m.Call(args)
		err, _ := outs[len(outs)-1].Interface().(error)
		if err == nil {
			t.Errorf("%s: got no error from a broken service", name)
			continue
		}
		var wire struct{ Code, Ref string }
		text, _ := app.Format(err).(string)
		if json.Unmarshal([]byte(text), &wire) != nil || wire.Code == "" || wire.Ref == "" {
			t.Errorf("%s: got %q, want a coded error with a reference", name, text)
		}
	}
}

// Replies of calls that find nothing have empty lists, never null (W10).
func TestEmptyRepliesHaveNoNull(t *testing.T) {
	t.Parallel()
	a, _ := openApp(t)
	for _, service := range a.Bind() {
		v := reflect.ValueOf(service)
		for m := range v.Type().Methods() {
			name := v.Elem().Type().Name() + "." + m.Name
			switch name {
			case "Start.Lock", "Start.ClearSample", "Start.LaterKit", "Sync.Now", "Settings.OpenFolder", "Start.Passphrase", "Imports.Pick":
				continue // change what the others need, or return nothing
			}
			method := v.MethodByName(m.Name)
			var args []reflect.Value
			for i := range method.Type().NumIn() {
				args = append(args, reflect.Zero(method.Type().In(i)))
			}
			outs := method.Call(args)
			if err, _ := outs[len(outs)-1].Interface().(error); err != nil || len(outs) < 2 {
				continue
			}
			checkNoNil(t, name, outs[0])
		}
	}
}

func checkNoNil(t *testing.T, at string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Slice:
		if v.IsNil() {
			t.Errorf("%s: nil list", at)
		}
		for i := range v.Len() {
			checkNoNil(t, at, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			checkNoNil(t, at+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			checkNoNil(t, at, v.Elem())
		}
	default:
	}
}
