package sheet

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// childArg is the hidden first argument of a program that is to read a sheet.
const childArg = "--sheet-reader"

// exitMemory is the status with which a child ends itself when it is too large.
const exitMemory = 77

// request is what a child is asked; it holds nothing of the file.
type request struct {
	Op      string         `json:"op"` // inspect, rows
	Sheet   int            `json:"sheet"`
	From    int            `json:"from"`  // first row number
	Count   int            `json:"count"` // rows at most, 0 for all
	Headers map[int]Header `json:"headers"`
	Limits  Limits         `json:"limits"`
}

// RunChild reads a sheet if that is what the program was started for, and says
// whether it was. It has to be the first thing in main and in TestMain, before
// anything is opened: `if sheet.RunChild(os.Args[1:], os.Stdin, os.Stdout) {
// return }`. The file stands behind stdin, the answer goes to stdout.
func RunChild(args []string, stdin *os.File, stdout io.Writer) bool {
	if len(args) < 1 || args[0] != childArg {
		return false
	}
	var q request
	if len(args) != 2 || json.Unmarshal([]byte(args[1]), &q) != nil {
		return true
	}
	limitProcess(q.Limits.Memory)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		watchMemory(ctx, q.Limits.Memory)
	}()
	defer func() {
		cancel()
		<-done
	}()
	c := &child{request: q, out: bufio.NewWriterSize(stdout, 64<<10)}
	c.finish(c.run(stdin))
	return true
}

// watchMemory ends the process when the memory it really uses is over limit:
// also where the operating system sets no bound.
func watchMemory(ctx context.Context, limit int64) {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	t := time.NewTicker(20 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		metrics.Read(s)
		if int64(s[0].Value.Uint64()-s[1].Value.Uint64()) > limit {
			os.Exit(exitMemory)
		}
	}
}

type child struct {
	request
	out   *bufio.Writer
	batch []byte
	err   error
}

func (c *child) frame(kind byte, payload []byte) {
	if c.err == nil {
		c.err = writeFrame(c.out, kind, payload)
	}
	if c.err == nil {
		c.err = c.out.Flush()
	}
}

func (c *child) beat() { c.frame(frameProgress, nil) }

func (c *child) finish(err error) {
	if err != nil {
		var e *Error
		if !errors.As(err, &e) {
			e = &Error{Reason: ReasonDamaged}
		}
		b, _ := json.Marshal(e) //nolint:errchkjson // plain strings
		c.frame(frameError, b)
		return
	}
	c.frame(frameEnd, nil)
}

func (c *child) run(stdin *os.File) (err error) {
	defer func() {
		if recover() != nil {
			err = refuse(ReasonDamaged)
		}
	}()
	debug.SetMemoryLimit(c.Limits.Memory * 2 / 3)
	in, size, err := input(stdin, c.Limits.File)
	if err != nil {
		return err
	}
	head := make([]byte, 4096)
	n, err := in.ReadAt(head, 0)
	if err != nil && err != io.EOF { //nolint:errorlint // of ReadAt itself
		return refuse(ReasonUnreadable)
	}
	t, err := c.open(in, size, head[:n])
	if err != nil {
		return err
	}
	if c.Op == "rows" {
		return c.rows(t)
	}
	r, err := inspect(t, c.Headers)
	if err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(in, 0, size)); err != nil {
		return refuse(ReasonUnreadable)
	}
	r.Digest = hex.EncodeToString(h.Sum(nil))
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if len(b) > maxFrame {
		return refuse(ReasonTooWide)
	}
	c.frame(frameReport, b)
	return c.err
}

// input gives the file: read in place when it was opened by the parent, held
// in memory when it comes by a pipe.
func input(stdin *os.File, limit int64) (io.ReaderAt, int64, error) {
	st, err := stdin.Stat()
	if err != nil {
		return nil, 0, refuse(ReasonUnreadable)
	}
	if st.Mode().IsRegular() {
		if st.Size() > limit {
			return nil, 0, refuse(ReasonTooBig)
		}
		return stdin, st.Size(), nil
	}
	b, err := io.ReadAll(io.LimitReader(stdin, limit+1))
	if err != nil {
		return nil, 0, refuse(ReasonUnreadable)
	}
	if int64(len(b)) > limit {
		return nil, 0, refuse(ReasonTooBig)
	}
	return bytes.NewReader(b), int64(len(b)), nil
}

// table is an opened file of either form.
type table struct {
	format string
	book   *workbook
	text   *textTable
}

func (c *child) open(in io.ReaderAt, size int64, head []byte) (*table, error) {
	format, err := sniff(head)
	if err != nil {
		return nil, err
	}
	switch format {
	case "ole":
		return nil, refuse(oleReason(in, size))
	case "xlsx":
		b, err := openWorkbook(in, size, c.Limits, c.beat)
		return &table{format: format, book: b}, err
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(in, 0, size), data); err != nil {
		return nil, refuse(ReasonUnreadable)
	}
	t, err := openText(data, c.beat)
	return &table{format: format, text: t}, err
}

var errEnough = errors.New("sheet: enough rows")

func (c *child) rows(t *table) error {
	count := 0
	emit := func(r Row) error {
		if r.Number < c.From {
			return nil
		}
		c.batch = appendRow(c.batch, r)
		if len(c.batch) > 256<<10 {
			c.frame(frameRows, c.batch)
			c.batch = c.batch[:0]
		}
		if count++; count == c.Count {
			return errEnough
		}
		return c.err
	}
	var err error
	if t.book != nil {
		_, err = t.book.readRows(c.Sheet, emit)
	} else if err = refuse(ReasonNoSuchSheet); c.Sheet == 0 {
		err = t.text.readRows(emit)
	}
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if len(c.batch) > 0 {
		c.frame(frameRows, c.batch)
	}
	return c.err
}
