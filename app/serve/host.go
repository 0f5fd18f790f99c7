package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"

	"tongce/app"
)

const (
	// maxUpload is what one spreadsheet may have (sheet.DefaultLimits).
	maxUpload = 200 << 20
	// maxHeld is what all files held together may have; the oldest go first.
	maxHeld = 3 * maxUpload
	// uploadMark begins the path of an uploaded file.
	uploadMark = "upload:"
	// fileRoot begins the path of a file that the program wrote.
	fileRoot = "/file/"
)

// Host is app.Host for browsers: uploads and downloads are held in memory.
type Host struct {
	rand io.Reader

	mu    sync.Mutex
	files map[string]held
	order []string // oldest first
	size  int

	feeds  map[chan message]struct{}
	latest map[string]app.Event
	count  int64
}

type held struct {
	name string
	data []byte
}

var _ app.Host = (*Host)(nil)

// NewHost gives a host without a browser yet; random names what it holds.
func NewHost(random io.Reader) *Host {
	return &Host{rand: random, files: map[string]held{}, feeds: map[chan message]struct{}{}, latest: map[string]app.Event{}}
}

// PickFiles has no dialog: the page uploads.
func (h *Host) PickFiles(context.Context, string) ([]string, error) { return nil, app.ErrNoDialog }

// OpenFolder has no file manager to show it in.
func (h *Host) OpenFolder(context.Context, string) error { return app.ErrNoDialog }

// Read gives an uploaded file, and no file of this computer.
func (h *Host) Read(name string) (string, string, []byte, error) {
	f, ok := h.get(strings.TrimPrefix(name, uploadMark))
	if !ok || !strings.HasPrefix(name, uploadMark) {
		return "", "", nil, fmt.Errorf("read upload: %w", fs.ErrNotExist)
	}
	return f.name, "", f.data, nil
}

// Save keeps what write writes for one download and gives its path.
func (h *Host) Save(_ context.Context, _, suggested string, write func(io.Writer) error) (string, error) {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return "", err
	}
	id, err := h.keep(suggested, b.Bytes())
	if err != nil {
		return "", err
	}
	return fileRoot + id, nil
}

func (h *Host) get(id string) (held, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f, ok := h.files[id]
	return f, ok
}

func (h *Host) keep(name string, data []byte) (string, error) {
	id, err := word(h.rand)
	if err != nil {
		return "", err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.files[id] = held{name, data}
	h.order = append(h.order, id)
	h.size += len(data)
	for h.size > maxHeld && len(h.order) > 1 {
		h.size -= len(h.files[h.order[0]].data)
		delete(h.files, h.order[0])
		h.order = h.order[1:]
	}
	return id, nil
}

// serveUpload takes one file into memory: nothing of it reaches the disk.
func (h *Host) serveUpload(w http.ResponseWriter, r *http.Request) {
	name := path.Base(strings.ReplaceAll(r.URL.Query().Get("name"), `\`, "/"))
	if name == "." || name == "/" || len(name) > 255 {
		refuse(w, http.StatusBadRequest, "name")
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		refuseBody(w, err)
		return
	}
	id, err := h.keep(name, data)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "id")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"path": uploadMark + id})
}

// serveFile gives a file that the program wrote, always as a download: it never
// becomes a page of this origin.
func (h *Host) serveFile(w http.ResponseWriter, r *http.Request) {
	f, ok := h.get(r.PathValue("id"))
	if !ok {
		refuse(w, http.StatusNotFound, "file")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(f.name))
	_, _ = w.Write(f.data)
}
