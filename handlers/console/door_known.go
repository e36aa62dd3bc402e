package console

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// A browser that somebody signed in with carries a mark of that name: it does
// not wait because of what others try elsewhere. The mark opens nothing.
const (
	knownCookie = "pufa_known_"
	knownTime   = 180 * 24 * time.Hour
)

// place is where a try to sign in comes from: the browser, if name signed in
// with it before, else the address.
func (v *visit) place(name string) (place string, known bool) {
	if c, err := v.r.Cookie(v.knownName(name)); err == nil {
		if id, ok := v.readKnown(name, c.Value); ok {
			return "browser:" + id, true
		}
	}
	return "address:" + addressOf(v.r.RemoteAddr), false
}

// addressOf is the address without its port; of IPv6 the network, because
// anybody has as many addresses there as they like.
func addressOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	if a = a.Unmap().WithZone(""); a.Is4() {
		return a.String()
	}
	network, err := a.Prefix(64)
	if err != nil {
		return "unknown"
	}
	return network.String()
}

// remember marks the browser as one of name's.
func (v *visit) remember(name string) {
	id, known := v.place(name)
	id = strings.TrimPrefix(id, "browser:")
	if !known {
		id = rand.Text()
	}
	until := strconv.FormatInt(v.Now().Add(knownTime).Unix(), 10)
	http.SetCookie(v.w, &http.Cookie{
		Name: v.knownName(name), Value: id + "." + until + "." + v.sign("known", name, id, until),
		Path: Path, MaxAge: int(knownTime / time.Second), HttpOnly: true, Secure: v.Secure, SameSite: http.SameSiteLaxMode,
	})
}

func (v *visit) readKnown(name, value string) (id string, ok bool) {
	id, rest, _ := strings.Cut(value, ".")
	until, sum, _ := strings.Cut(rest, ".")
	if id == "" || !hmac.Equal([]byte(sum), []byte(v.sign("known", name, id, until))) {
		return "", false
	}
	end, err := strconv.ParseInt(until, 10, 64)
	return id, err == nil && v.Now().Unix() < end
}

// knownName is the cookie of a name; the name itself does not stand in it.
func (v *visit) knownName(name string) string {
	return knownCookie + hex.EncodeToString(v.mac("cookie", name)[:6])
}

func (v *visit) sign(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString(v.mac(parts...))
}

func (v *visit) mac(parts ...string) []byte {
	h := hmac.New(sha256.New, v.Key)
	h.Write([]byte(strings.Join(parts, "\x00")))
	return h.Sum(nil)
}
