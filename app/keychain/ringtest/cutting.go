package ringtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/godbus/dbus/v5"
)

const busScript = `
trap : HUP INT QUIT TERM
dbus-daemon --config-file="$1/bus.conf" --nofork --nopidfile & bus=$!
cat >/dev/null
kill $bus
wait
`

const (
	collectionAPI = "org.freedesktop.Secret.Collection."
	itemAPI       = "org.freedesktop.Secret.Item."
	sessionAPI    = "org.freedesktop.Secret.Session."
	propertiesAPI = "org.freedesktop.DBus.Properties"
)

// Cutting is a secret service that stands before a real one, on a bus of its
// own, and keeps only the first characters of what it is given (AT7). All else
// is the real one's answer. Programs that get Env use it.
type Cutting struct {
	dir   string
	cmd   *exec.Cmd
	stdin io.Closer
	conn  *dbus.Conn
	real  *Session
	keep  int
}

// Cut starts a secret service that cuts what it is given at n characters and
// keeps it in s. The caller ends it with Stop, before s.
func (s *Session) Cut(n int) (*Cutting, error) {
	dir, err := os.MkdirTemp("", "ringtest")
	if err != nil {
		return nil, fmt.Errorf("secret service: %w", err)
	}
	c := &Cutting{dir: dir, real: s, keep: n}
	if err := c.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("secret service: %w", err), c.Stop())
	}
	return c, nil
}

func (c *Cutting) address() string { return "unix:path=" + filepath.Join(c.dir, "bus") }

// Env is what Session.Env is.
func (c *Cutting) Env() []string {
	return append(c.real.Env(), "DBUS_SESSION_BUS_ADDRESS="+c.address())
}

func (c *Cutting) start() error {
	if err := os.WriteFile(filepath.Join(c.dir, "bus.conf"), fmt.Appendf(nil, busConfig, c.dir), 0o600); err != nil {
		return err
	}
	cmd := exec.Command("sh", "-c", busScript, "sh", c.dir) //nolint:gosec,noctx // fixed text; it ends with its standard input
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.cmd, c.stdin = cmd, stdin
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		<-tick.C
		if c.conn, err = dbus.Connect(c.address()); err == nil {
			return c.serve()
		}
	}
	return err
}

func (c *Cutting) serve() error {
	for api, path := range map[string]dbus.ObjectPath{
		"org.freedesktop.Secret.Service": busPath, propertiesAPI: busPath,
	} {
		if err := c.conn.Export(cuttingService{c}, path, api); err != nil {
			return err
		}
	}
	for api, v := range map[string]any{
		"org.freedesktop.Secret.Collection": cuttingCollection{c},
		"org.freedesktop.Secret.Item":       cuttingItem{c},
		"org.freedesktop.Secret.Session":    cuttingSession{c},
	} {
		if err := c.conn.ExportSubtree(v, busPath, api); err != nil {
			return err
		}
	}
	reply, err := c.conn.RequestName(busName, dbus.NameFlagDoNotQueue)
	if err == nil && reply != dbus.RequestNameReplyPrimaryOwner {
		err = errors.New("the name is taken")
	}
	return err
}

// Stop ends the service and its bus.
func (c *Cutting) Stop() error {
	var errs []error
	if c.conn != nil {
		errs = append(errs, c.conn.Close())
	}
	if c.cmd != nil {
		errs = append(errs, c.stdin.Close())
		_ = c.cmd.Wait() // the status is that of a shell whose child was ended
	}
	return errors.Join(append(errs, os.RemoveAll(c.dir))...)
}

// forward asks the real service.
func (c *Cutting) forward(path dbus.ObjectPath, method string, args ...any) *dbus.Call {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return c.real.conn.Object(busName, path).CallWithContext(ctx, method, 0, args...)
}

func pathOf(m dbus.Message) dbus.ObjectPath {
	path, _ := m.Headers[dbus.FieldPath].Value().(dbus.ObjectPath)
	return path
}

func failed(err error) *dbus.Error {
	if err == nil {
		return nil
	}
	return dbus.MakeFailedError(err)
}

// secret is a secret on the bus.
type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

type cuttingService struct{ c *Cutting }

// OpenSession forwards a method of the service.
func (s cuttingService) OpenSession(algorithm string, input dbus.Variant) (out dbus.Variant, path dbus.ObjectPath, _ *dbus.Error) {
	err := s.c.forward(busPath, serviceAPI+"OpenSession", algorithm, input).Store(&out, &path)
	return out, path, failed(err)
}

// Unlock forwards a method of the service.
func (s cuttingService) Unlock(objects []dbus.ObjectPath) (unlocked []dbus.ObjectPath, prompt dbus.ObjectPath, _ *dbus.Error) {
	err := s.c.forward(busPath, serviceAPI+"Unlock", objects).Store(&unlocked, &prompt)
	return unlocked, prompt, failed(err)
}

// Get forwards a property of the service.
func (s cuttingService) Get(api, name string) (v dbus.Variant, _ *dbus.Error) {
	err := s.c.forward(busPath, propertiesAPI+".Get", api, name).Store(&v)
	return v, failed(err)
}

type cuttingCollection struct{ c *Cutting }

// SearchItems forwards a method of a collection.
func (s cuttingCollection) SearchItems(m dbus.Message, attributes map[string]string) (items []dbus.ObjectPath, _ *dbus.Error) {
	err := s.c.forward(pathOf(m), collectionAPI+"SearchItems", attributes).Store(&items)
	return items, failed(err)
}

// CreateItem forwards a method of a collection, with less than it was given.
func (s cuttingCollection) CreateItem(
	m dbus.Message, properties map[string]dbus.Variant, v secret, replace bool,
) (item, prompt dbus.ObjectPath, _ *dbus.Error) {
	v.Value = v.Value[:min(s.c.keep, len(v.Value))]
	err := s.c.forward(pathOf(m), collectionAPI+"CreateItem", properties, v, replace).Store(&item, &prompt)
	return item, prompt, failed(err)
}

type cuttingItem struct{ c *Cutting }

// GetSecret forwards a method of an item, and cuts what it had got before too.
func (s cuttingItem) GetSecret(m dbus.Message, session dbus.ObjectPath) (v secret, _ *dbus.Error) {
	err := s.c.forward(pathOf(m), itemAPI+"GetSecret", session).Store(&v)
	v.Value = v.Value[:min(s.c.keep, len(v.Value))]
	return v, failed(err)
}

// Delete forwards a method of an item.
func (s cuttingItem) Delete(m dbus.Message) (prompt dbus.ObjectPath, _ *dbus.Error) {
	err := s.c.forward(pathOf(m), itemAPI+"Delete").Store(&prompt)
	return prompt, failed(err)
}

type cuttingSession struct{ c *Cutting }

// Close forwards a method of a session.
func (s cuttingSession) Close(m dbus.Message) *dbus.Error {
	return failed(s.c.forward(pathOf(m), sessionAPI+"Close").Err)
}
