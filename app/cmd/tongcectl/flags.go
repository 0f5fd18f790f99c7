package main

import (
	"encoding/json"
	"io/fs"

	"tongce/frontend"
)

// flagText is what the window says of a quality code.
func (p *program) flagText(code string) string {
	var texts map[string]string
	b, err := fs.ReadFile(frontend.Texts(), p.lang+"/flags.json")
	if err != nil || json.Unmarshal(b, &texts) != nil || texts[code] == "" {
		return code
	}
	return texts[code]
}
