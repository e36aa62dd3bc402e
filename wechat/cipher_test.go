package wechat

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/quick"
)

// vectors are reference values of the protocol, made by an independent
// implementation.
type vectors struct {
	AppID          string `json:"appid"`
	Token          string `json:"token"`
	EncodingAESKey string `json:"encoding_aes_key"`
	AESKeyBase64   string `json:"aes_key_base64"`
	Vectors        []struct {
		Name, Timestamp, Nonce, Plain, Random, Encrypt, Signature, MsgSignature string
	}
}

func loadVectors(t testing.TB) vectors {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Vectors) == 0 {
		t.Fatal("no vectors")
	}
	return v
}

func TestVectors(t *testing.T) {
	v := loadVectors(t)
	key, err := newAESKey(v.EncodingAESKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range v.Vectors {
		t.Run(tt.Name, func(t *testing.T) {
			if got, _ := sign(nil, v.Token, tt.Timestamp, tt.Nonce, nil); string(got[:]) != tt.Signature {
				t.Errorf("signature = %s, want %s", got, tt.Signature)
			}
			if got, _ := sign(nil, v.Token, tt.Timestamp, tt.Nonce, []byte(tt.Encrypt)); string(got[:]) != tt.MsgSignature {
				t.Errorf("msg_signature = %s, want %s", got, tt.MsgSignature)
			}
			frame := appendFrame(nil, []byte(tt.Random), []byte(tt.Plain), v.AppID)
			key.encrypt(frame)
			if got := base64.StdEncoding.EncodeToString(frame); got != tt.Encrypt {
				t.Errorf("encrypted = %s, want %s", got, tt.Encrypt)
			}
			key.decrypt(frame)
			if got, err := openFrame(frame, v.AppID); err != nil || string(got) != tt.Plain {
				t.Errorf("opened = %q, %v, want %q", got, err, tt.Plain)
			}
		})
	}
}

func TestSignatureSortsItsPartsBytewise(t *testing.T) {
	// All orders of four parts give the signature of the sorted ones.
	parts := []string{"1", "22", "B", "a"}
	want, _ := sign(nil, "1", "22", "B", []byte("a"))
	for i := range parts {
		for j := range parts {
			for k := range parts {
				if i == j || j == k || i == k {
					continue
				}
				l := 6 - i - j - k
				if got, _ := sign(nil, parts[i], parts[j], parts[k], []byte(parts[l])); got != want {
					t.Errorf("sign(%s %s %s %s) = %s, want %s", parts[i], parts[j], parts[k], parts[l], got, want)
				}
			}
		}
	}
}

func TestSignatureMustMatchWhole(t *testing.T) {
	want, _ := sign(nil, "t", "1", "2", nil)
	good := string(want[:])
	tests := map[string]struct {
		given string
		same  bool
	}{
		"the same":            {good, true},
		"empty":               {"", false},
		"one digit less":      {good[:39], false},
		"one digit more":      {good + "0", false},
		"in capitals":         {strings.ToUpper(good), false},
		"last digit changed":  {good[:39] + "g", false},
		"first digit changed": {"g" + good[1:], false},
	}
	for name, tt := range tests {
		if got := sameSignature(want, tt.given); got != tt.same {
			t.Errorf("%s: sameSignature = %v, want %v", name, got, tt.same)
		}
	}
}

// frameOf builds a frame whose length field and pad the caller sets.
func frameOf(length uint32, msg, appID string, pad []byte) []byte {
	b := append([]byte("0123456789abcdef"), binary.BigEndian.AppendUint32(nil, length)...)
	return append(append(append(b, msg...), appID...), pad...)
}

func TestFrameIsCheckedToTheLastByte(t *testing.T) {
	const msg = "<xml></xml>" // with head and AppID 49 bytes, so the pad has 15
	pad := func(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }
	wrongAt := func(i int) []byte {
		p := pad(15, 15)
		p[i] ^= 0x40
		return p
	}
	long := strings.Repeat("x", 28) // a message that ends on a block
	tests := []struct {
		name  string
		frame []byte
		want  string // "": opens
	}{
		{"a right frame opens", frameOf(11, msg, testAppID, pad(15, 15)), ""},
		{"a whole block of pad opens", frameOf(26, long[:26], testAppID, pad(32, 32)), ""},
		{"one byte of pad opens", frameOf(25, long[:25], testAppID, pad(1, 1)), ""},
		{"an empty frame", nil, "no key"},
		{"pad of zero", frameOf(11, msg, testAppID, append(pad(14, 15), 0)), "no key"},
		{"pad over a block", frameOf(11, msg, testAppID, pad(47, 47)), "no key"},
		{"pad longer than the frame", pad(16, 32), "no key"},
		{"first pad byte wrong", frameOf(11, msg, testAppID, wrongAt(0)), "no key"},
		{"middle pad byte wrong", frameOf(11, msg, testAppID, wrongAt(7)), "no key"},
		{"last pad byte wrong", frameOf(11, msg, testAppID, wrongAt(14)), "no key"},
		{"pad one too small", frameOf(11, msg, testAppID, append(pad(14, 15), 14)), "no key"},
		{"nothing but pad", pad(32, 32), "no key"},
		{"shorter than its head", append([]byte("0123456789abcdefABC"), pad(13, 13)...), "no key"},
		{"length past the end", frameOf(30, msg, testAppID, pad(15, 15)), "no key"},
		{"length of four gigabytes", frameOf(1<<32-1, msg, testAppID, pad(15, 15)), "no key"},
		{"length one too long", frameOf(12, msg, testAppID, pad(15, 15)), "another app id"},
		{"length one too short", frameOf(10, msg, testAppID, pad(15, 15)), "another app id"},
		{"another app id", frameOf(11, msg, "wx0000000000000000", pad(15, 15)), "another app id"},
		{"app id cut", frameOf(11, msg, testAppID[:17], pad(16, 16)), "another app id"},
		{"app id missing", frameOf(11, msg, "", pad(1, 1)), "another app id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := openFrame(tt.frame, testAppID)
			if tt.want == "" {
				if err != nil {
					t.Fatalf("openFrame: %v", err)
				}
				return
			}
			if !errors.Is(err, ErrDenied) || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("openFrame error = %v, want a denial with %q", err, tt.want)
			}
		})
	}
}

func TestEveryFrameOpensAgain(t *testing.T) {
	key, err := newAESKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	again := func(random [randomLen]byte, msg []byte) bool {
		frame := appendFrame(nil, random[:], msg, testAppID)
		if len(frame)%padBlock != 0 {
			return false
		}
		key.encrypt(frame)
		key.decrypt(frame)
		got, err := openFrame(frame, testAppID)
		return err == nil && bytes.Equal(got, msg)
	}
	if err := quick.Check(again, nil); err != nil {
		t.Error(err)
	}
}
