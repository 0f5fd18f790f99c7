package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
)

const maxCall = 8 << 20

// calls answers POST /call/SERVICE/METHOD with the methods of the bound
// services, as the desktop window's bridge does.
type calls struct {
	methods map[string]reflect.Value
	format  func(error) any
	log     *slog.Logger
}

func newCalls(o Options) (*calls, error) {
	c := &calls{methods: map[string]reflect.Value{}, format: o.Format, log: o.Log}
	for _, service := range o.Bound {
		v := reflect.ValueOf(service)
		if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
			return nil, fmt.Errorf("bind %s: not a pointer to a struct", v.Type())
		}
		for m := range v.Type().Methods() {
			c.methods[v.Elem().Type().Name()+"/"+m.Name] = v.MethodByName(m.Name)
		}
	}
	return c, nil
}

// ServeHTTP runs one call. A method that panics ends its call, not the program.
func (c *calls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("service") + "/" + r.PathValue("method")
	method, known := c.methods[name]
	if !known {
		refuse(w, http.StatusNotImplemented, "method")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall))
	if err != nil {
		refuseBody(w, err)
		return
	}
	args, err := arguments(method.Type(), body)
	if err != nil {
		refuse(w, http.StatusBadRequest, "arguments")
		return
	}
	reply, err := c.run(name, method, args)
	if err != nil {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = fmt.Fprint(w, c.format(err))
		return
	}
	out, err := json.Marshal(reply)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "reply")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(out)
}

func (c *calls) run(name string, method reflect.Value, args []reflect.Value) (reply any, err error) {
	defer func() {
		if p := recover(); p != nil {
			c.log.Error("call panicked", slog.String("op", name), slog.String("kind", fmt.Sprintf("%T", p)))
			reply, err = nil, errPanic
		}
	}()
	for _, out := range method.Call(args) {
		switch v := out.Interface().(type) {
		case error:
			err = v
		case nil:
		default:
			reply = v
		}
	}
	return reply, err
}

var errPanic = errors.New("call panicked")

func arguments(t reflect.Type, body []byte) ([]reflect.Value, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil || len(raw) != t.NumIn() {
		return nil, errArguments
	}
	args := make([]reflect.Value, len(raw))
	for i := range raw {
		v := reflect.New(t.In(i))
		if json.Unmarshal(raw[i], v.Interface()) != nil {
			return nil, errArguments
		}
		args[i] = v.Elem()
	}
	return args, nil
}

var errArguments = errors.New("arguments do not fit")

func refuseBody(w http.ResponseWriter, err error) {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		refuse(w, http.StatusRequestEntityTooLarge, "body")
		return
	}
	refuse(w, http.StatusBadRequest, "body")
}
