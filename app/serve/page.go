package serve

import (
	"bytes"
	"io/fs"
	"net/http"
)

// mark tells the front end that it is in a browser.
const mark = `<meta name="tongce-serve" content="1">`

type page struct {
	files http.Handler
	dist  fs.FS
}

func newPage(dist fs.FS) *page {
	return &page{files: http.FileServerFS(dist), dist: dist}
}

// ServeHTTP gives the front end's files. There are no folders to look into.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" && r.URL.Path != "/index.html" {
		if info, err := fs.Stat(p.dist, r.URL.Path[1:]); err != nil || info.IsDir() {
			refuse(w, http.StatusNotFound, "file")
			return
		}
		p.files.ServeHTTP(w, r)
		return
	}
	html, err := fs.ReadFile(p.dist, "index.html")
	if err != nil {
		http.Error(w, "The window was not built into this program: run `make window` and build again.", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(bytes.Replace(html, []byte("<head>"), []byte("<head>\n    "+mark), 1)) //nolint:gosec // our own page and a constant
}
