// Package frontend holds the built window and its text catalogue, for the
// desktop program and for tongcectl.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

//go:embed src/i18n/zh/*.json src/i18n/en/*.json
var texts embed.FS

// Dist is the window as `npm run build` left it. A file of the name .keep is
// all there is of one that was never built.
func Dist() fs.FS { return sub(dist, "dist") }

// Texts holds the catalogue: LANGUAGE/PART.json.
func Texts() fs.FS { return sub(texts, "src/i18n") }

func sub(files embed.FS, dir string) fs.FS {
	s, err := fs.Sub(files, dir)
	if err != nil { // the names are constants that embed has checked
		panic(err)
	}
	return s
}
