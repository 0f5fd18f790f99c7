package sheet

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"
)

// Reader reads files in child processes, one for each call. It is safe for use
// by many goroutines.
type Reader struct {
	// Executable is the program to start; it must call RunChild.
	Executable string
	Limits     Limits

	peak func(bytes int64) // told how large a child became; for tests
}

// NewReader makes a Reader that starts the running program again.
func NewReader(l Limits) (*Reader, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find own program: %w", err)
	}
	return &Reader{Executable: exe, Limits: l}, nil
}

// Inspect finds the sheets of a file, their headers and columns. headers says
// where the header of a sheet stands when a person has chosen it (0, 0 for
// none); nil leaves it to detection. Errors are *Error or the context's.
func (r *Reader) Inspect(ctx context.Context, src Source, headers map[int]Header) (*Report, error) {
	var rep *Report
	err := r.run(ctx, src, request{Op: "inspect", Headers: headers}, func(kind byte, b []byte) error {
		if kind != frameReport {
			return nil
		}
		rep = &Report{}
		return json.Unmarshal(b, rep)
	})
	if err != nil {
		return nil, err
	}
	if rep == nil {
		return nil, &Error{Reason: ReasonDamaged, File: src.Name}
	}
	rep.File = src.Name
	return rep, nil
}

// Rows hands over the rows of a sheet that are not blank, in batches and in
// order, from row number from on, count of them at most (0 for all). An error
// of fn ends reading and is returned.
func (r *Reader) Rows(ctx context.Context, src Source, sheet, from, count int, fn func([]Row) error) error {
	return r.run(ctx, src, request{Op: "rows", Sheet: sheet, From: from, Count: count}, func(kind byte, b []byte) error {
		if kind != frameRows {
			return nil
		}
		rows, err := decodeRows(b)
		if err != nil {
			return err
		}
		return fn(rows)
	})
}

// childRun is a child at work. state counts ticks without a frame while the
// parent waits for one; it is -1 while the parent itself is busy.
type childRun struct {
	cmd     *exec.Cmd
	limits  Limits
	waiting atomic.Bool
	ticks   atomic.Int64
	reason  atomic.Pointer[Reason]
	peak    atomic.Int64
}

func (r *Reader) run(ctx context.Context, src Source, q request, fn func(kind byte, payload []byte) error) (err error) {
	q.Limits = r.Limits
	arg, err := json.Marshal(q)
	if err != nil {
		return err
	}
	//nolint:gosec // the program itself, with a request that holds nothing of the file
	cmd := exec.CommandContext(ctx, r.Executable, childArg, string(arg))
	f, err := src.open()
	if err != nil {
		return err
	}
	if f != nil {
		defer f.Close()
		cmd.Stdin = f
	} else {
		cmd.Stdin = bytes.NewReader(src.Bytes)
	}
	// Nothing may be unpacked to disk: there is no place for it.
	nowhere := filepath.Join(os.DevNull, "none")
	cmd.Env = []string{
		"TMPDIR=" + nowhere, "TMP=" + nowhere, "TEMP=" + nowhere, "GOTRACEBACK=none", "GOMAXPROCS=2",
		fmt.Sprintf("GOMEMLIMIT=%d", r.Limits.Memory*2/3), "SystemRoot=" + os.Getenv("SystemRoot"),
	}
	cmd.WaitDelay = time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start reader: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start reader: %w", err)
	}
	c := &childRun{cmd: cmd, limits: r.Limits}
	stop := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		c.watch(stop)
	}()
	defer func() {
		close(stop)
		<-watched
		if r.peak != nil {
			r.peak(c.peak.Load())
		}
	}()
	err = c.frames(out, fn)
	if err != nil {
		_ = cmd.Process.Kill()
	}
	wait := cmd.Wait()
	return c.explain(ctx, src, err, wait)
}

func (c *childRun) frames(out io.Reader, fn func(kind byte, payload []byte) error) error {
	in := bufio.NewReaderSize(out, 256<<10)
	var buf []byte
	for {
		c.ticks.Store(0)
		c.waiting.Store(true)
		kind, b, err := readFrame(in, buf)
		c.waiting.Store(false)
		if err != nil {
			return errFrame
		}
		buf = b
		switch kind {
		case frameEnd:
			return nil
		case frameError:
			e := &Error{Reason: ReasonDamaged}
			if json.Unmarshal(b, e) != nil {
				return errFrame
			}
			return e
		}
		if err := fn(kind, b); err != nil {
			return err
		}
	}
}

const tick = 20 * time.Millisecond

// watch kills the child when it is too large or makes no progress.
func (c *childRun) watch(stop <-chan struct{}) {
	t := time.NewTicker(tick)
	defer t.Stop()
	for {
		select {
		case <-stop:
			return
		case <-t.C:
		}
		rss := residentBytes(c.cmd.Process.Pid)
		if rss > c.peak.Load() {
			c.peak.Store(rss)
		}
		reason := Reason("")
		switch {
		case rss > c.limits.Memory:
			reason = ReasonMemory
		case c.waiting.Load() && c.ticks.Add(1) > int64(c.limits.Seconds)*int64(time.Second/tick):
			reason = ReasonTimeout
		default:
			continue
		}
		c.reason.CompareAndSwap(nil, &reason)
		_ = c.cmd.Process.Kill()
	}
}

// explain names why a child ended.
func (c *childRun) explain(ctx context.Context, src Source, err, wait error) error {
	if e := ctx.Err(); e != nil {
		return e
	}
	if r := c.reason.Load(); r != nil {
		return &Error{Reason: *r, File: src.Name}
	}
	var e *Error
	var exit *exec.ExitError
	switch {
	case errors.As(err, &e):
		e.File = src.Name
		return e
	case err != nil && !errors.Is(err, errFrame):
		return err
	case err == nil && wait == nil:
		return nil
	case errors.As(wait, &exit) && (exit.ExitCode() == exitMemory || exit.ExitCode() == 2):
		return &Error{Reason: ReasonMemory, File: src.Name}
	}
	return &Error{Reason: ReasonDamaged, File: src.Name}
}
