package wechat

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// request is one POST as the platform would send it.
type request struct {
	query url.Values
	body  []byte
}

// sealed builds a request of the platform for the account cfg.
func sealed(t testing.TB, cfg Config, msg []byte) request {
	t.Helper()
	q, body, err := mustNew(t, cfg).Seal(msg, testNow, nil)
	if err != nil {
		t.Fatalf("Seal: %v", err)
	}
	return request{q, body}
}

// signed builds a request with right signatures around an encrypted part that
// the caller made; none when it is empty.
func signed(token, timestamp, encrypted string) request {
	const nonce = "320562132"
	signature, _ := sign(nil, token, timestamp, nonce, nil)
	q := url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "signature": {string(signature[:])}}
	if encrypted == "" {
		return request{query: q}
	}
	signature, _ = sign(nil, token, timestamp, nonce, []byte(encrypted))
	q.Set("msg_signature", string(signature[:]))
	q.Set("encrypt_type", "aes")
	return request{q, []byte("<xml><Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>")}
}

// encryptedPart encrypts frame, whose pad may be wrong, with key.
func encryptedPart(t testing.TB, key string, frame []byte) string {
	t.Helper()
	k, err := newAESKey(key)
	if err != nil {
		t.Fatal(err)
	}
	frame = bytes.Clone(frame)
	k.encrypt(frame)
	return base64.StdEncoding.EncodeToString(frame)
}

func textFromResident() []byte {
	return TextMessage(testOpenID, testOriginal, "23456789012345678", "被家暴了怎么办", testNow)
}

func TestVectorsOpen(t *testing.T) {
	v := loadVectors(t)
	c := mustNew(t, Config{Token: v.Token, AppID: v.AppID, AESKey: v.EncodingAESKey, OriginalID: testOriginal})
	wantErr := map[string]error{"empty": ErrUnreadable}
	for _, tt := range v.Vectors {
		t.Run(tt.Name, func(t *testing.T) {
			q := url.Values{
				"timestamp": {tt.Timestamp}, "nonce": {tt.Nonce}, "signature": {tt.Signature},
				"msg_signature": {tt.MsgSignature}, "encrypt_type": {"aes"},
			}
			body := "<xml><ToUserName>x</ToUserName><Encrypt><![CDATA[" + tt.Encrypt + "]]></Encrypt></xml>"
			d, err := c.Open(q, []byte(body), testNow)
			if !errors.Is(err, wantErr[tt.Name]) {
				t.Fatalf("Open error = %v, want %v", err, wantErr[tt.Name])
			}
			if err != nil {
				return
			}
			want, err := Parse([]byte(tt.Plain))
			if err != nil || !reflect.DeepEqual(d.Message, *want) {
				t.Errorf("Open = %s, want the message of the vector (%v)", d, err)
			}
		})
	}
}

func TestVerifyURL(t *testing.T) {
	c := mustNew(t, safeConfig())
	at := func(d time.Duration) time.Time { return testNow.Add(d) }
	tests := []struct {
		name   string
		change func(url.Values)
		now    time.Time
		ok     bool
	}{
		{"a right check is echoed", func(url.Values) {}, testNow, true},
		{"five minutes late is in time", func(url.Values) {}, at(300 * time.Second), true},
		{"a second more is not", func(url.Values) {}, at(301 * time.Second), false},
		{"five minutes early is in time", func(url.Values) {}, at(-300 * time.Second), true},
		{"a second more is not either", func(url.Values) {}, at(-301 * time.Second), false},
		{"no signature", func(q url.Values) { q.Del("signature") }, testNow, false},
		{"another nonce", func(q url.Values) { q.Set("nonce", "1") }, testNow, false},
		{"another timestamp", func(q url.Values) { q.Set("timestamp", "1772928001") }, testNow, false},
		{"no word", func(q url.Values) { q.Del("echostr") }, testNow, false},
		{"a word that is markup", func(q url.Values) { q.Set("echostr", "<script>") }, testNow, false},
		{"a word with a line break", func(q url.Values) { q.Set("echostr", "a\r\nb") }, testNow, false},
		{"a word that is too long", func(q url.Values) { q.Set("echostr", strings.Repeat("1", maxEcho+1)) }, testNow, false},
		{"an empty query", func(q url.Values) { clear(q) }, testNow, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const word = "4375120948345356249+/="
			q, err := c.SealURL(word, testNow, nil)
			if err != nil {
				t.Fatal(err)
			}
			tt.change(q)
			echo, err := c.VerifyURL(q, tt.now)
			if tt.ok && (err != nil || echo != word) {
				t.Errorf("VerifyURL = %q, %v; want the word", echo, err)
			}
			if !tt.ok && (!errors.Is(err, ErrDenied) || echo != "") {
				t.Errorf("VerifyURL = %q, %v; want ErrDenied", echo, err)
			}
		})
	}
}

func TestSafeModeRefuses(t *testing.T) {
	good := func() []byte { return appendFrame(nil, []byte("0123456789abcdef"), textFromResident(), testAppID) }
	part := func(change func(frame []byte) []byte) request {
		return signed(testToken, "1772928000", encryptedPart(t, testKey, change(good())))
	}
	drop := func(name string) func(*request) { return func(r *request) { r.query.Del(name) } }
	set := func(name, value string) func(*request) { return func(r *request) { r.query.Set(name, value) } }
	replace := func(r request) func(*request) { return func(to *request) { *to = r } }
	body := func(b string) func(*request) { return func(r *request) { r.body = []byte(b) } }
	plain := sealed(t, plainConfig(), textFromResident())
	foreign := safeConfig()
	foreign.Token = "another"
	otherKey := safeConfig()
	otherKey.AESKey = testOldKey
	otherApp := safeConfig()
	otherApp.AppID = "wx0000000000000000"
	plainSigned := string(plain.body)

	tests := []struct {
		name   string
		change func(*request)
		reason string
	}{
		{"a request signed with another token", replace(sealed(t, foreign, textFromResident())), "signature does not match"},
		{"no signature", drop("signature"), "signature does not match"},
		{"an empty signature", set("signature", ""), "signature does not match"},
		{"a wrong signature", set("signature", strings.Repeat("0", 40)), "signature does not match"},
		{"a msg_signature given as signature", func(r *request) { r.query.Set("signature", r.query.Get("msg_signature")) }, "signature does not match"},
		{"another nonce", set("nonce", "x"), "signature does not match"},
		{"no query at all", func(r *request) { r.query = nil }, "signature does not match"},

		{"no timestamp", replace(signed(testToken, "", "AAAA")), "not a number"},
		{"a timestamp in words", replace(signed(testToken, "now", "AAAA")), "not a number"},
		{"a timestamp with a fraction", replace(signed(testToken, "1772928000.0", "AAAA")), "not a number"},
		{"a timestamp with a sign", replace(signed(testToken, "+1772928000", "AAAA")), "not a number"},
		{"a timestamp with a blank", replace(signed(testToken, " 1772928000", "AAAA")), "not a number"},
		{"a timestamp over 64 bits", replace(signed(testToken, "9223372036854775808", "AAAA")), "not a number"},
		{"the largest timestamp", replace(signed(testToken, "9223372036854775807", "AAAA")), "too far from now"},
		{"a timestamp of zero", replace(signed(testToken, "0", "AAAA")), "too far from now"},
		{"a timestamp in milliseconds", replace(signed(testToken, "1772928000000", "AAAA")), "too far from now"},

		{"an unencrypted message", replace(plain), "unencrypted delivery in safe mode"},
		{"encrypt_type raw", func(r *request) { *r = plain; r.query = maps.Clone(plain.query); r.query.Set("encrypt_type", "raw") }, "unencrypted delivery in safe mode"},
		{"encrypt_type removed from a sealed one", drop("encrypt_type"), "unencrypted delivery in safe mode"},
		{"encrypt_type in capitals", set("encrypt_type", "AES"), "encrypt_type is unknown"},
		{"encrypt_type aes over a plain body", body(plainSigned), "no encrypted part"},
		{"no msg_signature", drop("msg_signature"), "msg_signature does not match"},
		{"a signature given as msg_signature", func(r *request) { r.query.Set("msg_signature", r.query.Get("signature")) }, "msg_signature does not match"},
		{"a wrong msg_signature", set("msg_signature", strings.Repeat("f", 40)), "msg_signature does not match"},
		{"an encrypted part changed in one character", func(r *request) {
			r.body = bytes.Replace(r.body, []byte("<Encrypt><![CDATA["), []byte("<Encrypt><![CDATA[A"), 1)
		}, "msg_signature does not match"},
		{"an encrypted part of another request", func(r *request) { r.body = sealed(t, safeConfig(), textFromResident()).body }, "msg_signature does not match"},

		{"an empty body", body(""), "no encrypted part"},
		{"a body that is no xml", body("{}"), "no encrypted part"},
		{"a body with a document type", body("<!DOCTYPE a><xml><Encrypt>AAAA</Encrypt></xml>"), "no encrypted part"},
		{"a body cut off", func(r *request) { r.body = r.body[:len(r.body)-9] }, "no encrypted part"},
		{"an empty encrypted part", body("<xml><Encrypt></Encrypt></xml>"), "no encrypted part"},
		{"an encrypted part deeper down", body("<xml><a><Encrypt>AAAA</Encrypt></a></xml>"), "no encrypted part"},

		{"base64 of another alphabet", replace(signed(testToken, "1772928000", "-_-_")), "not base64"},
		{"base64 without its end", replace(signed(testToken, "1772928000", "AAAAA")), "not base64"},
		{"no whole block", replace(signed(testToken, "1772928000", "AAAA")), "not whole blocks"},
		{"half a pad block", replace(signed(testToken, "1772928000", encryptedPart(t, testKey, make([]byte, 16)))), "not whole blocks"},
		{"a block cut off", replace(part(func(f []byte) []byte { return f[:len(f)-32] })), "no key opens"},
		{"only a line break", replace(signed(testToken, "1772928000", "\n")), "no key opens"},
		{"encrypted with a key we never had", replace(sealed(t, otherKey, textFromResident())), "no key opens"},
		{"encrypted for another app id", replace(sealed(t, otherApp, textFromResident())), "another app id"},
		{"pad of zero", replace(part(func(f []byte) []byte { f[len(f)-1] = 0; return f })), "no key opens"},
		{"pad of 33", replace(part(func(f []byte) []byte { f[len(f)-1] = 33; return f })), "no key opens"},
		{"pad that is longer than it says", replace(part(func(f []byte) []byte { f[len(f)-1]--; return f })), "no key opens"},
		{"first pad byte wrong", replace(part(func(f []byte) []byte { f[len(f)-int(f[len(f)-1])] ^= 1; return f })), "no key opens"},
		{"length too long", replace(part(func(f []byte) []byte { f[16] = 0xFF; return f })), "no key opens"},
		{"length too short", replace(part(func(f []byte) []byte { f[19]--; return f })), "another app id"},

		{"for another account", replace(sealed(t, safeConfig(), TextMessage(testOpenID, "gh_other", "1", "x", testNow))), "another account"},
		{"for no account", replace(sealed(t, safeConfig(), TextMessage(testOpenID, "", "1", "x", testNow))), "another account"},
	}
	c := mustNew(t, safeConfig())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := sealed(t, safeConfig(), textFromResident())
			tt.change(&r)
			d, err := c.Open(r.query, r.body, testNow)
			if !errors.Is(err, ErrDenied) || d != nil {
				t.Fatalf("Open = %v, %v; want ErrDenied", d, err)
			}
			if !strings.Contains(err.Error(), tt.reason) {
				t.Errorf("Open error = %q, want the reason %q", err, tt.reason)
			}
			noSecrets(t, err.Error())
		})
	}
}

func TestAgeWindow(t *testing.T) {
	cfg := safeConfig()
	cfg.MaxAge = time.Minute
	c := mustNew(t, cfg)
	r := sealed(t, cfg, textFromResident())
	for offset, ok := range map[time.Duration]bool{
		0: true, time.Minute: true, -time.Minute: true,
		61 * time.Second: false, -61 * time.Second: false, 24 * time.Hour: false, -24 * 365 * time.Hour: false,
	} {
		_, err := c.Open(r.query, r.body, testNow.Add(offset))
		if ok != (err == nil) || !ok && !errors.Is(err, ErrDenied) {
			t.Errorf("Open %v after the timestamp: error %v, want accepted = %v", offset, err, ok)
		}
	}
}

func TestAuthenticButUnreadable(t *testing.T) {
	c := mustNew(t, safeConfig())
	for name, msg := range map[string]string{
		"empty": "", "json": `{"MsgType":"text"}`, "no sender": "<xml><MsgType>text</MsgType></xml>",
		"cut": string(textFromResident()[:100]), "a second envelope": "<xml><Encrypt>AAAA</Encrypt></xml>",
	} {
		t.Run(name, func(t *testing.T) {
			r := sealed(t, safeConfig(), []byte(msg))
			if d, err := c.Open(r.query, r.body, testNow); !errors.Is(err, ErrUnreadable) || errors.Is(err, ErrDenied) || d != nil {
				t.Errorf("Open = %v, %v; want ErrUnreadable", d, err)
			}
		})
	}
}

func TestBodySize(t *testing.T) {
	c := mustNew(t, plainConfig())
	text := textFromResident()
	r := sealed(t, plainConfig(), append(text, bytes.Repeat([]byte(" "), MaxBody-len(text))...))
	if _, err := c.Open(r.query, r.body, testNow); err != nil {
		t.Errorf("Open of 256 KiB: %v", err)
	}
	if _, err := c.Open(r.query, append(r.body, ' '), testNow); !errors.Is(err, ErrTooLarge) {
		t.Errorf("Open of 256 KiB and a byte: %v, want ErrTooLarge", err)
	}
	// The largest encrypted body is read, and its buffers are not kept.
	safe := mustNew(t, safeConfig())
	r = sealed(t, safeConfig(), append(text, bytes.Repeat([]byte(" "), 190<<10)...))
	if _, err := safe.Open(r.query, r.body, testNow); err != nil {
		t.Errorf("Open of %d encrypted bytes: %v", len(r.body), err)
	}
}

func TestKeyRotation(t *testing.T) {
	before, during, after := safeConfig(), safeConfig(), safeConfig()
	before.AESKey = testOldKey
	during.PreviousAESKey = testOldKey
	server := mustNew(t, during)
	for name, platform := range map[string]Config{"the previous key": before, "the current key": after} {
		t.Run(name, func(t *testing.T) {
			r := sealed(t, platform, textFromResident())
			d, err := server.Open(r.query, r.body, testNow)
			if err != nil {
				t.Fatalf("Open: %v", err)
			}
			body, err := d.Reply(Text("答"), testNow, nil)
			if err != nil {
				t.Fatalf("Reply: %v", err)
			}
			// The platform opens it with the key it wrote with, and no other.
			got, err := mustNew(t, platform).OpenReply(body)
			if err != nil || got.Content != "答" {
				t.Errorf("OpenReply = %+v, %v; want the answer under the same key", got, err)
			}
		})
	}
	r := sealed(t, before, textFromResident())
	if _, err := mustNew(t, after).Open(r.query, r.body, testNow); !errors.Is(err, ErrDenied) {
		t.Errorf("Open under a retired key: %v, want ErrDenied", err)
	}
	otherApp := before
	otherApp.AppID = "wx0000000000000000"
	r = sealed(t, otherApp, textFromResident())
	if _, err := server.Open(r.query, r.body, testNow); !errors.Is(err, ErrDenied) {
		t.Errorf("Open under the previous key of another app: %v, want ErrDenied", err)
	}
}

// compatible is a body of compatible mode: plain fields and, beside them, an
// encrypted part that says something else.
func compatible(t *testing.T) request {
	r := sealed(t, safeConfig(), textFromResident())
	forged := TextMessage(testOpenID, testOriginal, "1", "forged", testNow)
	inner := bytes.TrimPrefix(r.body, []byte("<xml>"))
	return request{r.query, append(bytes.TrimSuffix(forged, []byte("</xml>")), inner...)}
}

func TestCompatibleModeBodyIsReadFromItsEncryptedPart(t *testing.T) {
	plainWithKey := safeConfig()
	plainWithKey.Mode = Plain
	for name, cfg := range map[string]Config{"safe": safeConfig(), "plain with a key": plainWithKey} {
		t.Run(name, func(t *testing.T) {
			r := compatible(t)
			d, err := mustNew(t, cfg).Open(r.query, r.body, testNow)
			if err != nil {
				t.Fatalf("Open: %v", err)
			}
			if d.Content != "被家暴了怎么办" || !d.Encrypted() {
				t.Errorf("Open read %q (encrypted %v), want the encrypted part", d.Content, d.Encrypted())
			}
		})
	}
	r := compatible(t)
	d, err := mustNew(t, plainConfig()).Open(r.query, r.body, testNow)
	if err != nil || d.Content != "forged" || d.Encrypted() {
		t.Errorf("plain mode without a key: %v, %v; want the plain fields", d, err)
	}
}

func TestPlainMode(t *testing.T) {
	c := mustNew(t, plainConfig())
	r := sealed(t, plainConfig(), textFromResident())
	d, err := c.Open(r.query, r.body, testNow)
	if err != nil || d.Content != "被家暴了怎么办" || d.Encrypted() {
		t.Fatalf("Open = %v, %v; want the text", d, err)
	}
	if _, err := c.Open(r.query, r.body, testNow.Add(301*time.Second)); !errors.Is(err, ErrDenied) {
		t.Errorf("replay after the window: %v, want ErrDenied", err)
	}
	r.query.Set("signature", strings.Repeat("0", 40))
	if _, err := c.Open(r.query, r.body, testNow); !errors.Is(err, ErrDenied) {
		t.Errorf("wrong signature: %v, want ErrDenied", err)
	}
	r = sealed(t, safeConfig(), textFromResident())
	if _, err := c.Open(r.query, r.body, testNow); !errors.Is(err, ErrUnreadable) {
		t.Errorf("encrypted without a key: %v, want ErrUnreadable", err)
	}
	withKey := safeConfig()
	withKey.Mode = Plain
	r.query.Del("msg_signature")
	if _, err := mustNew(t, withKey).Open(r.query, r.body, testNow); !errors.Is(err, ErrDenied) {
		t.Errorf("encrypted and not signed: %v, want ErrDenied", err)
	}
}

func TestAnyAccountWithoutOriginalID(t *testing.T) {
	cfg := safeConfig()
	cfg.OriginalID = ""
	r := sealed(t, cfg, TextMessage(testOpenID, "gh_other", "1", "x", testNow))
	if _, err := mustNew(t, cfg).Open(r.query, r.body, testNow); err != nil {
		t.Errorf("Open: %v", err)
	}
}

// Deliveries of many goroutines must not meet in the shared buffers.
func TestManyAtOnce(t *testing.T) {
	c := mustNew(t, safeConfig())
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 50 {
				text := fmt.Sprintf("%d-%d %s", i, j, strings.Repeat("字", j))
				if err := roundTrip(c, text); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func roundTrip(c *Callback, text string) error {
	q, body, err := c.Seal(TextMessage(testOpenID, testOriginal, "1", text, testNow), testNow, nil)
	if err != nil {
		return err
	}
	d, err := c.Open(q, body, testNow)
	if err != nil {
		return err
	}
	out, err := d.Reply(Text(d.Content), testNow, nil)
	if err != nil {
		return err
	}
	r, err := c.OpenReply(out)
	if err != nil {
		return err
	}
	if r.Content != text || r.ToUser != testOpenID || r.FromUser != testOriginal ||
		r.CreateTime != strconv.FormatInt(testNow.Unix(), 10) {
		return fmt.Errorf("echo of %q came back as %q to %q", text, r.Content, r.ToUser)
	}
	return nil
}

// What was said must not wait in the buffers for the next request.
func TestBuffersAreEmptied(t *testing.T) {
	c := mustNew(t, safeConfig())
	if err := roundTrip(c, "private words"); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		sc := c.borrow()
		for _, buf := range [][]byte{sc.text[:cap(sc.text)], sc.frame[:cap(sc.frame)]} {
			noSecrets(t, string(buf))
		}
	}
}
