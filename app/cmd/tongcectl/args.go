package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
)

const usage = `usage: tongcectl COMMAND --dir DIR [--passphrase-file F] [--json] ...

  init --name COMPANY --member NAME --department D [--relay HOST:PORT[#R]]
  invite --role R --department D [--member NAME]
  join --member NAME LINK
  import FILE... [--plan] [--sheet NAME] [--map HEADER=FIELD]...
  import --undo BATCH
  list [--where FIELD=VALUE]... [--sort FIELD] [--limit N] [--offset N]
  search TEXT
  show ID
  set ID FIELD=VALUE...
  new FIELD=VALUE...
  history ID [FIELD]
  conflicts
  resolve ID FIELD VALUE
  sync --once [--timeout 60s]
  status
  export --format xlsx|csv|json --out FILE
  verify
  bench [--only NAME]

exit: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 offline
`

var errUsage = errors.New("wrong usage")

func usageError(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errUsage}, args...)...)
}

type flagKind uint8

const (
	flag flagKind = iota + 1
	text
	list
)

// arguments are a command's, taken apart.
type arguments struct {
	dir, passFile string
	flags         map[string][]string
	rest          []string
}

func parse(c command, args []string) (*arguments, error) {
	a := &arguments{flags: map[string][]string{}}
	for i := 0; i < len(args); i++ {
		word := args[i]
		if word == "--" {
			a.rest = append(a.rest, args[i+1:]...)
			break
		}
		name, isFlag := strings.CutPrefix(word, "--")
		if !isFlag {
			a.rest = append(a.rest, word)
			continue
		}
		name, value, inline := strings.Cut(name, "=")
		kind := c.flags[name]
		switch name {
		case "dir", "passphrase-file":
			kind = text
		case "json":
			kind = flag
		}
		switch {
		case kind == 0:
			return nil, usageError("--%s", name)
		case kind == flag && inline:
			return nil, usageError("--%s=", name)
		case kind == flag:
			value = "true"
		case !inline:
			if i++; i == len(args) || strings.HasPrefix(args[i], "--") { // --name=--x where it is meant
				return nil, usageError("--%s", name)
			}
			value = args[i]
		}
		if _, again := a.flags[name]; again && kind == text {
			return nil, usageError("--%s", name)
		}
		a.flags[name] = append(a.flags[name], value)
	}
	a.dir, a.passFile = a.get("dir"), a.get("passphrase-file")
	if a.dir == "" {
		return nil, usageError("--dir DIR")
	}
	if len(a.rest) < c.min || len(a.rest) > c.max {
		return nil, errUsage // the usage says how many
	}
	return a, nil
}

func (a *arguments) get(name string) string {
	if v := a.flags[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (a *arguments) has(name string) bool { return len(a.flags[name]) > 0 }

// need gives a flag that a command cannot do without.
func (a *arguments) need(name string) (string, error) {
	v := a.get(name)
	if v == "" {
		return "", usageError("--%s", name)
	}
	return v, nil
}

func (a *arguments) number(name string, otherwise int) (int, error) {
	if !a.has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(a.get(name))
	if err != nil || n < 0 {
		return 0, usageError("--%s", name)
	}
	return n, nil
}

func (a *arguments) duration(name string, otherwise time.Duration) (time.Duration, error) {
	if !a.has(name) {
		return otherwise, nil
	}
	d, err := time.ParseDuration(a.get(name))
	if err != nil || d <= 0 {
		return 0, usageError("--%s", name)
	}
	return d, nil
}

// passphrase reads --passphrase-file, without the line break at its end; nil
// where it is not given.
func (a *arguments) passphrase() ([]byte, error) {
	if a.passFile == "" {
		return nil, nil
	}
	b, err := os.ReadFile(a.passFile)    //nolint:gosec // the person names the file
	info, statErr := os.Stat(a.passFile) //nolint:gosec // as above
	b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
	var k kind
	switch {
	case errors.Is(err, fs.ErrNotExist):
		k = "pass_missing"
	case statErr == nil && info.IsDir():
		k = "pass_folder"
	case err != nil:
		k = "pass_unreadable"
	case len(b) == 0:
		k, err = "pass_empty", errPassFile
	default:
		return b, nil
	}
	return nil, &meaningError{kind: k, error: fmt.Errorf("passphrase file: %w", err)}
}

var errPassFile = errors.New("it is empty")

// pair takes FIELD=VALUE apart.
func pair(s string) (field, value string, err error) {
	field, value, ok := strings.Cut(s, "=")
	if !ok || field == "" {
		return "", "", usageError("%q", s)
	}
	return field, value, nil
}
