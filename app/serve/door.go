package serve

import (
	"crypto/subtle"
	"io"
	"net"
	"net/http"
	"sync"
)

// policy is what pages served here may load: themselves. The grid and the
// dialogs set styles of their own, hence the inline styles.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// door lets in who brought the token once and the cookie since.
type door struct {
	port   string
	cookie string // its name; cookies do not tell ports apart, so it has the port
	secret string

	mu    sync.Mutex
	token string // empty when used
}

func newDoor(port string, random io.Reader) (*door, string, error) {
	token, err := word(random)
	if err != nil {
		return nil, "", err
	}
	secret, err := word(random)
	if err != nil {
		return nil, "", err
	}
	return &door{port: port, cookie: "tongce-" + port, secret: secret, token: token}, token, nil
}

func (d *door) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch {
		case !d.ownHost(r.Host):
			refuse(w, http.StatusMisdirectedRequest, "host")
		case r.Method == http.MethodGet && r.URL.Path == "/" && r.URL.Query().Has("t"):
			d.exchange(w, r)
		case !d.hasCookie(r):
			turnAway(w, r, http.StatusUnauthorized, "session")
		case !ownPage(r):
			refuse(w, http.StatusForbidden, "origin")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// ownHost refuses names that only resolve to this computer.
func (d *door) ownHost(host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil || port != d.port {
		return false
	}
	return name == "127.0.0.1" || name == "localhost" || name == "::1"
}

// exchange gives the cookie for the token, which is dead afterwards. A browser
// that has the cookie already comes in with the same address again.
func (d *door) exchange(w http.ResponseWriter, r *http.Request) {
	if !d.hasCookie(r) {
		if !d.use(r.URL.Query().Get("t")) {
			turnAway(w, r, http.StatusForbidden, "token")
			return
		}
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // no Secure: loopback has no certificate
			Name: d.cookie, Value: d.secret, Path: "/",
			HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (d *door) use(token string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.token == "" || !same(token, d.token) {
		return false
	}
	d.token = ""
	return true
}

func (d *door) hasCookie(r *http.Request) bool {
	c, err := r.Cookie(d.cookie)
	return err == nil && same(c.Value, d.secret)
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// ownPage tells whether a page of this server made the request, or the person
// by opening the address. A request that changes anything names its origin.
func ownPage(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return r.Method == http.MethodGet || r.Method == http.MethodHead
	}
	return origin == "http://"+r.Host
}

// refuse answers with a coded error; the page reads it like any other.
func refuse(w http.ResponseWriter, status int, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"code":"`+codeOfStatus(status)+`","params":{"reason":"`+reason+`"},"ref":""}`)
}

func codeOfStatus(status int) string {
	switch status {
	case http.StatusRequestEntityTooLarge, http.StatusInsufficientStorage:
		return "too_large"
	case http.StatusNotFound:
		return "not_found"
	case http.StatusNotImplemented:
		return "unsupported_version"
	case http.StatusBadRequest:
		return "invalid"
	case http.StatusInternalServerError:
		return "internal"
	default:
		return "denied"
	}
}
