package serve

import (
	"io"
	"net/http"
	"strings"
)

// head begins the page of a refusal, which has nothing to load: no script, no
// picture, styles in the page.
const head = `<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>body{max-width:36em;margin:12vh auto;padding:0 1.5em;font:16px/1.7 system-ui,sans-serif}h1{font-size:1.3em}</style>
</head>
<body>
`

const refusalZh = `<h1>这个浏览器进不去这个地址</h1>
<p>终端里打印的地址只让第一个打开它的浏览器进来；程序重新启动以后，以前的地址也不再有用。</p>
<p>客户册没有动，什么都没有丢。</p>
<p>在第一个打开它的浏览器里可以接着用。要换到这个浏览器：停下程序，再启动一次，把新打印的整个地址复制到这里打开。</p>
</body>
</html>
`

const refusalEn = `<h1>This browser cannot use this address</h1>
<p>The address printed in the terminal lets in only the first browser that opens it. Once the program is started again, earlier addresses no longer work either.</p>
<p>The customer book was not touched and nothing was lost.</p>
<p>The first browser can go on. To use this one instead, stop the program, start it again, and open the whole new address here.</p>
</body>
</html>
`

// turnAway refuses who did not come in: a person who opened the address gets a
// page that says what to do, everything else the coded error.
func turnAway(w http.ResponseWriter, r *http.Request, status int, reason string) {
	if r.Method != http.MethodGet || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		refuse(w, status, reason)
		return
	}
	lang, title, text := "zh-CN", "同册", refusalZh
	if !chinese(r) {
		lang, title, text = "en", "Tongce", refusalEn
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", lang)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, strings.NewReplacer("{lang}", lang, "{title}", title).Replace(head)+text)
}

// chinese chooses as the window does: by the first language of the browser,
// Chinese where it names none.
func chinese(r *http.Request) bool {
	wanted := strings.TrimSpace(strings.ToLower(r.Header.Get("Accept-Language")))
	return wanted == "" || wanted[0] == '*' || strings.HasPrefix(wanted, "zh")
}
