package index

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"tongce/crdt/canon"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/embed"        // the SQLite library itself
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // its encryption at rest
)

const fileName = "index.db"

// ErrFile means that the index's file cannot be read or written; the message
// of the cause has no customer data.
var ErrFile = errors.New("index file")

// database is the file: one row per customer, encrypted page by page, and the
// sequence that it stands at. A customer's row has the number of its row in
// memory: new ones are written side by side at the end, where by their ids each
// would touch a page of its own. Not safe for concurrent use.
type database struct {
	conn    *sqlite3.Conn
	applied atomic.Uint64
}

func openDatabase(ctx context.Context, dir string, cfg Config) (db *database, setAside string, err error) {
	path := filepath.Join(dir, fileName)
	if db, err = connect(ctx, path, cfg); err == nil {
		return db, "", nil
	}
	if ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	if _, statErr := os.Stat(path); statErr != nil {
		return nil, "", err // it is not the file's fault
	}
	setAside, asideErr := putAside(path)
	if asideErr != nil {
		return nil, "", errors.Join(err, asideErr)
	}
	db, err = connect(ctx, path, cfg)
	return db, setAside, err
}

// putAside renames an unusable file (and its journal) to the first free name.
// Two are enough to look at; an older third is written over, since an index
// holds nothing that the store has not.
func putAside(path string) (string, error) {
	aside := path + ".damaged"
	if _, err := os.Stat(aside); err == nil {
		aside += ".2"
	}
	if err := os.Rename(path, aside); err != nil {
		return "", fmt.Errorf("set the index aside: %w", err)
	}
	for _, suffix := range []string{"-journal", "-wal", "-shm"} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !os.IsNotExist(err) {
			return "", fmt.Errorf("set the index aside: %w", err)
		}
	}
	return filepath.Base(aside), nil
}

func connect(ctx context.Context, path string, cfg Config) (*database, error) {
	uri := "file:" + uriPath(path) + "?vfs=adiantum&hexkey=" + hex.EncodeToString(cfg.Key[:])
	conn, err := sqlite3.OpenContext(ctx, uri)
	if err != nil {
		return nil, fmt.Errorf("open: %w", ErrFile) // SQLite's own text names the path and the key
	}
	db := &database{conn: conn}
	if err := db.prepare(cfg); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return db, nil
}

// prepare makes the tables, or checks that they fit and reads the sequence.
// What is lost in a power cut is fed again, so SQLite need not wait for the
// disk; after a killed process nothing is missing.
func (db *database) prepare(cfg Config) error {
	err := db.conn.Exec(`PRAGMA temp_store = memory; PRAGMA journal_mode = truncate; PRAGMA synchronous = off; PRAGMA cache_size = -4096;
		CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS customer (row INTEGER PRIMARY KEY, id BLOB NOT NULL, data BLOB NOT NULL);`)
	if err != nil {
		return fmt.Errorf("prepare: %w", ErrFile)
	}
	shape, err := db.mark("shape")
	if err != nil {
		return err
	}
	want := shapeOf(cfg.Fields)
	if shape == "" {
		return db.setMark("shape", want)
	}
	if shape != want {
		return fmt.Errorf("made for other fields: %w", ErrFile)
	}
	applied, err := db.mark("applied")
	if err != nil || applied == "" {
		return err
	}
	n, err := strconv.ParseUint(applied, 10, 64)
	if err != nil {
		return fmt.Errorf("sequence: %w", ErrFile)
	}
	db.applied.Store(n)
	return nil
}

// shapeOf names the version and the fields, so that another list of fields
// rebuilds the index.
func shapeOf(fields []Field) string {
	h := fnv.New64a()
	for _, f := range fields {
		_, _ = fmt.Fprintf(h, "%s %d %t\n", f.ID, f.Kind, f.Sealed)
	}
	return fmt.Sprintf("%d-%016x", Version, h.Sum64())
}

func (db *database) mark(name string) (string, error) {
	stmt, _, err := db.conn.Prepare(`SELECT value FROM mark WHERE name = ?`)
	if err != nil {
		return "", fmt.Errorf("read mark: %w", ErrFile)
	}
	defer func() { _ = stmt.Close() }()
	if err := stmt.BindText(1, name); err != nil {
		return "", fmt.Errorf("read mark: %w", ErrFile)
	}
	value := ""
	if stmt.Step() {
		value = stmt.ColumnText(0)
	}
	if stmt.Err() != nil {
		return "", fmt.Errorf("read mark: %w", ErrFile)
	}
	return value, nil
}

func (db *database) setMark(name, value string) error {
	return db.run(`INSERT OR REPLACE INTO mark VALUES (?, ?)`, 1, func(s *sqlite3.Stmt, _ int) error {
		return errors.Join(s.BindText(1, name), s.BindText(2, value))
	})
}

// fileError keeps of SQLite's error what has a meaning above and no text.
func fileError(err error) error {
	if errors.Is(err, sqlite3.FULL) {
		return fmt.Errorf("%w: disk full", ErrFile)
	}
	return ErrFile
}

// size is the file's, in bytes.
func (db *database) size() (int64, error) {
	stmt, _, err := db.conn.Prepare(`SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`)
	if err != nil {
		return 0, fmt.Errorf("read: %w", ErrFile)
	}
	defer func() { _ = stmt.Close() }()
	if !stmt.Step() {
		return 0, fmt.Errorf("read: %w", ErrFile)
	}
	return stmt.ColumnInt64(0), nil
}

// each reads every row, in order. The file is never smaller than it was with
// its highest row, so a number that it has no room for is damage.
func (db *database) each(ctx context.Context, fn func(uint32, record) error) error {
	size, err := db.size()
	if err != nil {
		return err
	}
	stmt, _, err := db.conn.Prepare(`SELECT row, id, data FROM customer ORDER BY row`)
	if err != nil {
		return fmt.Errorf("read: %w", ErrFile)
	}
	defer func() { _ = stmt.Close() }()
	for stmt.Step() {
		row, id := stmt.ColumnInt64(0), stmt.ColumnRawBlob(1)
		if len(id) != len(canon.DocID{}) || row < 0 || row > size/int64(len(id)) {
			return errRecord
		}
		if err := fn(uint32(row), record{canon.DocID(id), stmt.ColumnRawBlob(2)}); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if stmt.Err() != nil {
		return fmt.Errorf("read: %w", ErrFile)
	}
	return nil
}

// changes are what one transaction writes. Rows that are settled keep their
// records but for the first byte, their flags.
type changes struct {
	applied uint64
	puts    []record
	at      []uint32 // rows of puts
	gone    []uint32
	settled []uint32
	flags   []byte // of settled
}

func (db *database) apply(ctx context.Context, c changes) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := db.write(c); err != nil {
		return err
	}
	db.applied.Store(c.applied)
	return nil
}

// write is one transaction; txn.End commits it unless err is set.
func (db *database) write(c changes) (err error) {
	txn, err := db.conn.BeginImmediate()
	if err != nil {
		return fmt.Errorf("begin: %w", fileError(err))
	}
	defer txn.End(&err)
	err = db.run(`INSERT OR REPLACE INTO customer VALUES (?, ?, ?)`, len(c.puts), func(s *sqlite3.Stmt, i int) error {
		return errors.Join(s.BindInt64(1, int64(c.at[i])), s.BindBlob(2, c.puts[i].id[:]), s.BindBlob(3, c.puts[i].data))
	})
	if err != nil {
		return err
	}
	err = db.run(`DELETE FROM customer WHERE row = ?`, len(c.gone), func(s *sqlite3.Stmt, i int) error {
		return s.BindInt64(1, int64(c.gone[i]))
	})
	if err != nil {
		return err
	}
	err = db.run(`UPDATE customer SET data = CAST(? || substr(data, 2) AS BLOB) WHERE row = ?`, len(c.settled), func(s *sqlite3.Stmt, i int) error {
		return errors.Join(s.BindBlob(1, c.flags[i:i+1]), s.BindInt64(2, int64(c.settled[i])))
	})
	if err != nil {
		return err
	}
	return db.setMark("applied", strconv.FormatUint(c.applied, 10))
}

// run runs a statement n times.
func (db *database) run(sql string, n int, bind func(s *sqlite3.Stmt, i int) error) error {
	if n == 0 {
		return nil
	}
	stmt, _, err := db.conn.Prepare(sql)
	if err != nil {
		return fmt.Errorf("write: %w", fileError(err))
	}
	defer func() { _ = stmt.Close() }()
	for i := range n {
		if err := errors.Join(bind(stmt, i), stmt.Exec()); err != nil {
			return fmt.Errorf("write: %w", fileError(err))
		}
	}
	return nil
}

func (db *database) clear(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := db.conn.Exec(`DELETE FROM customer; DELETE FROM mark WHERE name = 'applied';`); err != nil {
		return fmt.Errorf("clear: %w", fileError(err))
	}
	db.applied.Store(0)
	return nil
}

// startAgain sets the open file aside and goes on with an empty one.
func (db *database) startAgain(ctx context.Context, dir string, cfg Config) (string, error) {
	_ = db.conn.Close()
	aside, err := putAside(filepath.Join(dir, fileName))
	if err != nil {
		return "", err
	}
	again, err := connect(ctx, filepath.Join(dir, fileName), cfg)
	if err != nil {
		return aside, err
	}
	db.conn = again.conn
	db.applied.Store(0)
	return aside, nil
}

func (db *database) close() error {
	if err := db.conn.Close(); err != nil {
		return fmt.Errorf("close: %w", ErrFile)
	}
	return nil
}

// uriPath writes a path into an SQLite URI: only ? # and % mean something
// there, and a Windows path needs a slash in front.
func uriPath(path string) string {
	out := make([]byte, 0, len(path)+1)
	if filepath.VolumeName(path) != "" {
		out = append(out, '/')
	}
	for _, c := range []byte(filepath.ToSlash(path)) {
		switch c {
		case '?', '#', '%':
			out = fmt.Appendf(out, "%%%02X", c)
		default:
			out = append(out, c)
		}
	}
	return string(out)
}
