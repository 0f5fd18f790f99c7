package badgerstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
)

// logHeader stands before the first entry of a log.
const logHeader = 20

// keepTails copies logs whose entries break off before their bytes do to the
// folder aside: Badger cuts such a log there when it opens, as it must after a
// power cut, and what damage had spared behind it would go too. The newest value
// log and the logs of tables in memory are read from their beginning.
func keepTails(dir, aside string) error {
	logs, err := filepath.Glob(filepath.Join(dir, "*.mem"))
	if err != nil {
		return err
	}
	values, err := filepath.Glob(filepath.Join(dir, "*.vlog")) // sorted, numbers of one width
	if err != nil {
		return err
	}
	if len(values) > 0 {
		logs = append(logs, values[len(values)-1])
	}
	for _, path := range logs {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rest := unread(b)
		if len(rest) == 0 {
			continue
		}
		name := filepath.Base(path) + "." + strconv.FormatUint(uint64(crc32.Checksum(b, castagnoli)), 16)
		if err := keep(filepath.Join(aside, name), b[:len(b)-len(rest)+used(rest)]); err != nil {
			return fmt.Errorf("set aside %s: %w", filepath.Base(path), err)
		}
	}
	return nil
}

func used(b []byte) int { return len(bytes.TrimRight(b, "\x00")) }

// unread is what stands behind the last entry whose sum is right, but for zeros.
// An entry is its header, key and value (encrypted or not) and a sum over them.
func unread(log []byte) []byte {
	b := log[min(logHeader, len(log)):]
	for used(b[:min(len(b), 64)]) > 0 || used(b) > 0 {
		n := 2 // what it is
		var length uint64
		for i := range 3 { // of key and value, and the time it ends
			v, m := binary.Uvarint(b[min(n, len(b)):])
			if m <= 0 {
				return b
			}
			n += m
			if i < 2 {
				length += min(v, uint64(len(b)))
			}
		}
		if length == 0 || length > uint64(len(b)) || n+int(length)+crc32.Size > len(b) {
			return b
		}
		n += int(length)
		if binary.BigEndian.Uint32(b[n:]) != crc32.Checksum(b[:n], castagnoli) {
			return b
		}
		b = b[n+crc32.Size:]
	}
	return nil
}

// keep writes a file that stays; the same bytes twice are one file.
func keep(path string, b []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil { //nolint:gosec // beside the store, under the name of one of its files
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the same
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}
