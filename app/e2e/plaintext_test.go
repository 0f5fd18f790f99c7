package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tongce/crdt/wire"
)

// recorder is added to the relay's package for this test alone: it writes every
// message, after TLS was taken off and before it is put on, to a file.
const recorder = `package relay

import (
	"encoding/binary"
	"os"
	"sync"
)

var recording sync.Mutex

func record(data []byte) {
	recording.Lock()
	defer recording.Unlock()
	f, err := os.OpenFile(os.Getenv("TONGCE_E2E_RECORD"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if _, err := f.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), data...)); err != nil {
		panic(err)
	}
}
`

// recordingRelay builds the relay with the recorder laid over it.
func recordingRelay(t *testing.T) (program string) {
	t.Helper()
	dir := t.TempDir()
	source, err := filepath.Abs(filepath.Join("..", "..", "relay"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(source, "socket.go"))
	if err != nil {
		t.Fatal(err)
	}
	for anchor, with := range map[string]string{
		"s.events <- event{in: In{Conn: k.id, Kind: Received, Data: data}": "record(data)\n",
		"err := k.ws.Write(sending, websocket.MessageBinary, o.Data)":      "record(o.Data)\n",
	} {
		if bytes.Count(text, []byte(anchor)) != 1 {
			t.Fatalf("relay/socket.go has no line %q any more: the recorder has to be told where messages pass", anchor)
		}
		text = bytes.Replace(text, []byte(anchor), []byte(with+anchor), 1)
	}
	put := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	overlay := fmt.Sprintf(`{"Replace":{%q:%q,%q:%q}}`,
		filepath.Join(source, "socket.go"), put("socket.go", text), filepath.Join(source, "recorder.go"), put("recorder.go", []byte(recorder)))
	program = filepath.Join(dir, "tongce-relay")
	if err := build(".", program, "tongce/relay/cmd/tongce-relay", "-overlay", put("overlay.json", []byte(overlay))); err != nil {
		t.Fatal(err)
	}
	return program
}

// recorded gives the messages, with what is deflated in them beside it.
func recorded(t *testing.T, path string) (all []byte, messages int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for len(b) > 0 {
		n := binary.BigEndian.Uint32(b)
		data := b[4 : 4+n]
		b = b[4+n:]
		messages++
		all = append(all, data...)
		m, err := wire.DecodeFrame(data)
		if err != nil {
			t.Fatalf("a message that passed the relay: %v", err)
		}
		if batch, ok := m.Frame.(*wire.Batch); ok {
			items, err := batch.Items()
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range items {
				all = append(all, item...)
			}
		}
	}
	return all, messages
}

// known are the values of the customers that the test imports.
type known struct{ open, sealed []string }

// knownSheet writes a sheet of 200 customers whose values occur nowhere else.
func knownSheet(t *testing.T) (path string, values known) {
	t.Helper()
	lines := []string{"客户名称,联系人,手机,邮箱,银行账号,详细地址,备注,合同编号"}
	for i := range 200 {
		han := string([]rune{'甲' + rune(i), 0x5F00 + rune(i), 0x6E00 + rune(i)})
		open := []string{
			"苏州" + han + "机电有限公司", fmt.Sprintf("%s路%d号商务中心", han, 1000+i), "回访约在" + han + "之后", fmt.Sprintf("HT-2026-%05d", 70000+i),
		}
		sealed := []string{"欧阳" + han[3:], fmt.Sprintf("1391%07d", 2345670+i*7), fmt.Sprintf("person%d.of@%d.example.com", i, 7700+i), fmt.Sprintf("622202%013d", 4455667788000+i*13)}
		values.open, values.sealed = append(values.open, open...), append(values.sealed, sealed...)
		lines = append(lines, strings.Join([]string{open[0], sealed[0], sealed[1], sealed[2], sealed[3], open[1], open[2], open[3]}, ","))
	}
	return writeCSV(t, "已知.csv", lines...), values
}

// encodings of a value: UTF-8, UTF-16LE and GB18030.
func encodings(t *testing.T, value string) [][]byte {
	t.Helper()
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(value))
	if err != nil {
		t.Fatal(err)
	}
	var wide []byte
	for _, u := range utf16.Encode([]rune(value)) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	return [][]byte{[]byte(value), wide, gb}
}

// sample takes one in n, another place of each row.
func sample(values []string, n int) (some []string) {
	for i := 0; i < len(values); i += n {
		some = append(some, values[i+i/n%min(n, len(values)-i)])
	}
	return some
}

// wantAbsent fails for each value that stands in the bytes.
func wantAbsent(t *testing.T, where string, b []byte, values []string) {
	t.Helper()
	found := 0
	for _, v := range values {
		for _, form := range encodings(t, v) {
			if bytes.Contains(b, form) {
				found++
			}
		}
	}
	if found > 0 {
		t.Errorf("%s: %d values in plain text", where, found)
	}
}

// wantAbsentBelow looks through all files of a folder, and their names.
func wantAbsentBelow(t *testing.T, dir string, values []string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		wantAbsent(t, path, b, values)
		wantAbsent(t, path, []byte(path), values)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	t.Logf("%s: %d files", filepath.Base(dir), files)
}

// Must show 9, AT92, and what the relay's log may hold (WI12).
func TestAT92_WI12_NoValueInPlainText(t *testing.T) {
	t.Parallel()
	frames := filepath.Join(t.TempDir(), "frames")
	r := &relayProcess{
		program: recordingRelay(t), dir: filepath.Join(t.TempDir(), "relay"), listen: freePort(t),
		env: []string{"TONGCE_E2E_RECORD=" + frames},
	}
	r.start(t)
	t.Cleanup(r.kill)
	o := &office{relay: r, a: newDesk(t), b: newDesk(t)}
	o.a.found(t, r.address)
	o.b.join(t, o.a.invite(t, "客服部", "陈静"), "陈静")
	file, values := knownSheet(t)
	all := append(append([]string{}, values.open...), values.sealed...)

	o.a.killed(t, 1500*time.Millisecond, "import", file) // temp files of a killed one hold nothing either
	wantAbsentBelow(t, o.a.tmp, all)
	if !long() { // 200 of them, every kind
		all = sample(all, 8)
	}
	out := o.a.run(t, "import", file)
	if out.code != 0 {
		t.Fatal(out)
	}
	wantAbsent(t, "what import said", append(out.out, out.err...), all)
	o.sync(t)
	id := o.b.find(t, values.open[0])
	if got := o.b.show(t, id).Fields["mobile"]; got != values.sealed[1] {
		t.Errorf("who has the key reads it: got %q", got)
	}
	o.b.set(t, id, "mobile="+values.sealed[1+4], "bank_account="+values.sealed[3+4])
	o.a.set(t, id, "mobile="+values.sealed[1+8])
	o.sync(t)
	if found := o.b.run(t, "search", values.sealed[1+4]); !bytes.Contains(found.out, []byte(id)) {
		t.Errorf("search by a whole number: %v", found)
	}
	for _, d := range []*desk{o.a, o.b} {
		wantAbsentBelow(t, d.dir, all)
		wantAbsentBelow(t, d.tmp, all)
		d.clean(t)
	}
	if !r.stop() {
		t.Error("the relay did not end well")
	}
	logs := r.logs.String()
	wantAbsent(t, "the relay's log", []byte(logs), append(all, "锦成机电", "吴迪", "陈静", "客服部", "销售部"))
	if long := regexp.MustCompile(`"[0-9a-f]{9,}"|127\.0\.0\.1`).FindString(logs); long != "" || !strings.Contains(logs, "charter record") {
		t.Errorf("WI12: the relay's log holds more of an id than its first 8 characters, an address, or nothing: %q", long)
	}
	sealed := values.sealed
	if !long() {
		sealed = sample(sealed, 4)
	}
	wantAbsentBelow(t, r.dir, sealed)
	traffic, messages := recorded(t, frames)
	wantAbsent(t, "the relay's traffic", traffic, sealed)
	// The recording is one: what is not sealed is in it.
	for _, v := range []string{values.open[0], values.open[len(values.open)-1]} {
		if !bytes.Contains(traffic, []byte(v)) {
			t.Errorf("the traffic does not hold %q: nothing was recorded, or it was not decoded", v)
		}
	}
	t.Logf("%d values looked for, %d messages with %d bytes", len(all), messages, len(traffic))
}
