package ringtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/godbus/dbus/v5"
)

// password is that of the throw-away login keyring.
const password = "ringtest"

// script runs the bus and the keyring until its standard input ends: also when
// the test process is killed, nothing of them stays.
const script = `
trap : HUP INT QUIT TERM
dbus-daemon --config-file="$1/bus.conf" --nofork --nopidfile & bus=$!
while [ ! -S "$1/bus" ]; do kill -0 $bus || exit 1; sleep 0.05; done
printf %s "$2" | gnome-keyring-daemon --unlock --foreground --components=secrets >/dev/null & ring=$!
cat >/dev/null
kill $ring $bus
wait
`

const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
 <type>session</type>
 <listen>unix:path=%s/bus</listen>
 <policy context="default">
  <allow send_destination="*" eavesdrop="true"/>
  <allow own="*"/>
  <allow eavesdrop="true"/>
 </policy>
</busconfig>
`

// ErrNoService means that the machine cannot run a secret service.
var ErrNoService = errors.New("no secret service here: apt-get install dbus gnome-keyring (Linux only)")

// Session is a real secret service (gnome-keyring) with an unlocked login
// keyring, on a session bus of its own and with a home of its own. Nothing on
// the bus can be started by a call, so that no window ever asks.
type Session struct {
	dir   string
	cmd   *exec.Cmd
	stdin io.Closer
	conn  *dbus.Conn
}

// Start starts a secret service. The caller ends it with Stop. Programs that
// get Env use it; this process does after Use.
func Start() (*Session, error) {
	if runtime.GOOS != "linux" {
		return nil, ErrNoService
	}
	for _, program := range []string{"dbus-daemon", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, ErrNoService
		}
	}
	dir, err := os.MkdirTemp("", "ringtest") // short: a socket's path ends at 107 bytes
	if err != nil {
		return nil, fmt.Errorf("secret service: %w", err)
	}
	s := &Session{dir: dir}
	if err := s.start(); err != nil {
		return nil, errors.Join(fmt.Errorf("secret service: %w", err), s.Stop())
	}
	return s, nil
}

func (s *Session) start() error {
	if err := os.WriteFile(filepath.Join(s.dir, "bus.conf"), fmt.Appendf(nil, busConfig, s.dir), 0o600); err != nil {
		return err
	}
	cmd := exec.Command("sh", "-c", script, "sh", s.dir, password) //nolint:gosec,noctx // fixed text; it ends with its standard input
	cmd.Env = append(os.Environ(), s.Env()...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.stdin = cmd, stdin
	return s.wait(10 * time.Second)
}

// wait returns when the login keyring answers.
func (s *Session) wait(limit time.Duration) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(limit)
	defer end.Stop()
	for {
		select {
		case <-tick.C:
			if s.conn == nil {
				if conn, err := dbus.Connect(s.address()); err == nil {
					s.conn = conn
				}
				continue
			}
			if locked, err := s.Locked(); err == nil && !locked {
				return nil
			}
		case <-end.C:
			return fmt.Errorf("no answer in %v", limit)
		}
	}
}

func (s *Session) address() string { return "unix:path=" + filepath.Join(s.dir, "bus") }

// Env is the environment of a program that uses this secret service: bus,
// home and runtime directory, to be added to os.Environ.
func (s *Session) Env() []string {
	return []string{
		"DBUS_SESSION_BUS_ADDRESS=" + s.address(),
		"HOME=" + s.dir, "XDG_RUNTIME_DIR=" + s.dir, "XDG_DATA_HOME=" + s.dir,
	}
}

// Use makes this process use the secret service from now on. The keyring
// library keeps its connection, so a process uses one session only.
func (s *Session) Use() error { return os.Setenv("DBUS_SESSION_BUS_ADDRESS", s.address()) }

const (
	busName    = "org.freedesktop.secrets"
	busPath    = dbus.ObjectPath("/org/freedesktop/secrets")
	loginPath  = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	serviceAPI = "org.freedesktop.Secret.Service."
	unlockAPI  = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.UnlockWithMasterPassword"
)

// call waits a second at most: the service answers nothing while it starts.
func (s *Session) call(path dbus.ObjectPath, method string, args ...any) *dbus.Call {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return s.conn.Object(busName, path).CallWithContext(ctx, method, 0, args...)
}

// Locked tells whether the login keyring is locked.
func (s *Session) Locked() (bool, error) {
	var v dbus.Variant
	err := s.call(loginPath, "org.freedesktop.DBus.Properties.Get", "org.freedesktop.Secret.Collection", "Locked").Store(&v)
	if err != nil {
		return false, fmt.Errorf("login keyring: %w", err)
	}
	locked, ok := v.Value().(bool)
	if !ok {
		return false, errors.New("login keyring: no answer to locked")
	}
	return locked, nil
}

// Lock locks the login keyring, as a desktop does on logging out.
func (s *Session) Lock() error {
	return s.expect(s.call(busPath, serviceAPI+"Lock", []dbus.ObjectPath{loginPath}).Err, true)
}

// Unlock unlocks the login keyring without a window.
func (s *Session) Unlock() error {
	var output dbus.Variant
	var session dbus.ObjectPath
	if err := s.call(busPath, serviceAPI+"OpenSession", "plain", dbus.MakeVariant("")).Store(&output, &session); err != nil {
		return fmt.Errorf("unlock: %w", err)
	}
	secret := struct {
		Session     dbus.ObjectPath
		Parameters  []byte
		Value       []byte
		ContentType string
	}{session, []byte{}, []byte(password), "text/plain"}
	return s.expect(s.call(busPath, unlockAPI, loginPath, secret).Err, false)
}

func (s *Session) expect(err error, locked bool) error {
	if err != nil {
		return fmt.Errorf("login keyring: %w", err)
	}
	got, err := s.Locked()
	if err == nil && got != locked {
		err = fmt.Errorf("login keyring: locked is %v", got)
	}
	return err
}

// Stop ends bus and keyring and removes what they wrote.
func (s *Session) Stop() error {
	var errs []error
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	if s.cmd != nil {
		errs = append(errs, s.stdin.Close())
		_ = s.cmd.Wait() // the status is that of a shell whose children were ended
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}
