package app

import (
	"fmt"
	"html/template"
	"io"
)

const kitPage = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="UTF-8">
<title>恢复套件 · {{.Kit.Workspace}}</title>
<style>
  body { font: 13pt/1.6 "PingFang SC", "Microsoft YaHei UI", "Noto Sans CJK SC", sans-serif; max-width: 34em; margin: 3em auto; color: #1c1e22; }
  h1 { font-size: 20pt; margin: 0; }
  .code { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8pt; margin: 18pt 0; }
  .code span { border: 1pt solid #1c1e22; border-radius: 4pt; padding: 8pt; text-align: center; font: 600 17pt/1.3 ui-monospace, Consolas, "Noto Sans Mono CJK SC", monospace; }
  .code small { display: block; font: 9pt sans-serif; color: #565b63; }
  dl { display: grid; grid-template-columns: 8em 1fr; gap: 4pt; }
  dt { color: #565b63; } dd { margin: 0; word-break: break-all; }
  p { margin: 6pt 0; }
</style>
</head>
<body>
<h1>同册 恢复套件 · Recovery kit</h1>
<p>{{.Kit.Workspace}}</p>
<div class="code">{{range $i, $g := .Kit.Groups}}<span><small>{{inc $i}}</small>{{$g}}</span>{{end}}</div>
<p>有它，忘了口令、丢了钥匙串照样打开；补一台电脑也靠它，要等以后的版本。没有它，也没有一台能打开的电脑，加密的内容永远打不开。拿到它的人等于拿到全部客户。</p>
<p>With it, the book opens without passphrase or keyring; it will also make a new computer, in a later version. Without it and without a computer that opens the book, sealed values stay closed for ever. Who holds it holds every customer.</p>
<dl>
<dt>工作区 Workspace</dt><dd>{{.Kit.ID}}</dd>
{{if .Kit.Relay}}<dt>中继 Relay</dt><dd>{{.Kit.Relay}}</dd>{{end}}
<dt>校验 Sheet</dt><dd>{{.Sheet}}</dd>
</dl>
</body>
</html>
`

// writeKitSheet writes the kit's sheet for print: one page, no script, nothing
// that loads from anywhere.
func writeKitSheet(w io.Writer, kit Kit, sheet string) error {
	page, err := template.New("kit").Funcs(template.FuncMap{"inc": func(i int) int { return i + 1 }}).Parse(kitPage)
	if err != nil {
		return fmt.Errorf("kit sheet: %w", err)
	}
	if err := page.Execute(w, struct {
		Kit   Kit
		Sheet string
	}{kit, sheet}); err != nil {
		return fmt.Errorf("kit sheet: %w", err)
	}
	return nil
}
