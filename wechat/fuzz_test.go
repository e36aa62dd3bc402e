package wechat

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/url"
	"testing"
)

// FuzzDecrypt opens frames of arbitrary bytes. What opens must be exactly what
// a right sender of that message would have sent, up to the random bytes.
func FuzzDecrypt(f *testing.F) {
	for _, msg := range [][]byte{nil, []byte("<xml></xml>"), textFromResident()} {
		frame := appendFrame(nil, []byte("0123456789abcdef"), msg, testAppID)
		f.Add(frame)
		f.Add(frame[:len(frame)-1])
		f.Add(append(bytes.Clone(frame[:len(frame)-1]), 0))
	}
	f.Add(bytes.Repeat([]byte{32}, 32))
	c := mustNew(f, safeConfig())
	f.Fuzz(func(t *testing.T, frame []byte) {
		if msg, err := openFrame(frame, testAppID); err == nil {
			same := appendFrame(nil, frame[:randomLen], msg, testAppID)
			// A pad of another block size than 32 is only met here; Open asks
			// for whole blocks first.
			if len(frame)%padBlock == 0 && !bytes.Equal(same, frame) {
				t.Fatalf("openFrame(%x) = %q, which is framed as %x", frame, msg, same)
			}
		} else if !errors.Is(err, ErrDenied) {
			t.Fatalf("openFrame error %v is not ErrDenied", err)
		}
		// The same bytes as an encrypted part, as base64 and bare.
		for _, part := range [][]byte{frame, []byte(base64.StdEncoding.EncodeToString(frame))} {
			sc := c.borrow()
			sc.text = append(sc.text[:0], part...)
			if _, _, err := c.decrypt(sc); err != nil && !errors.Is(err, ErrDenied) {
				t.Fatalf("decrypt error %v is not ErrDenied", err)
			}
			c.giveBack(sc)
		}
	})
}

// FuzzOpen sends arbitrary bodies three ways: with signatures that do not fit,
// with the signatures the platform would give them, and sealed by it.
func FuzzOpen(f *testing.F) {
	r := sealed(f, safeConfig(), textFromResident())
	f.Add(r.query.Encode(), r.body)
	plain := sealed(f, plainConfig(), clickEvent())
	f.Add(plain.query.Encode(), plain.body)
	f.Add("timestamp=1772928000&encrypt_type=aes", []byte("<xml><Encrypt>AAAA</Encrypt></xml>"))
	f.Add("", []byte("success"))
	withKey := safeConfig()
	withKey.Mode = Plain
	callbacks := []*Callback{mustNew(f, safeConfig()), mustNew(f, plainConfig()), mustNew(f, withKey)}
	f.Fuzz(func(t *testing.T, query string, body []byte) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		for _, c := range callbacks {
			_, _ = c.VerifyURL(q, testNow)
			openSafely(t, c, q, body)
			openSafely(t, c, signed(testToken, "1772928000", "").query, body)
			openSafely(t, c, signed(testToken, "1772928000", string(body)).query, signed(testToken, "1772928000", string(body)).body)
			sealedQuery, sealedBody, err := c.Seal(body, testNow, nil)
			if err != nil {
				t.Fatal(err)
			}
			openSafely(t, c, sealedQuery, sealedBody)
			_, _ = c.OpenReply(body)
		}
	})
}

// openSafely opens and answers; any error must be one of the three kinds.
func openSafely(t *testing.T, c *Callback, q url.Values, body []byte) {
	t.Helper()
	d, err := c.Open(q, body, testNow)
	if err != nil {
		if !errors.Is(err, ErrDenied) && !errors.Is(err, ErrUnreadable) && !errors.Is(err, ErrTooLarge) {
			t.Fatalf("Open error %v has no kind", err)
		}
		return
	}
	if c.mode == Safe && !d.Encrypted() {
		t.Fatalf("safe mode read an unencrypted delivery")
	}
	out, err := d.Reply(Text("答"), testNow, nil)
	if err != nil {
		t.Fatalf("Reply: %v", err)
	}
	if got, err := c.OpenReply(out); err != nil || got.Content != "答" || got.ToUser != d.FromUser {
		t.Fatalf("the reply does not open again: %v", err)
	}
}
