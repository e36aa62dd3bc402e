package wechat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestNothingPrintsASecret(t *testing.T) {
	cfg := safeConfig()
	cfg.PreviousAESKey = testOldKey
	callback := mustNew(t, cfg)
	msg := TextMessage(testOpenID, testOriginal, "1", "private words", testNow)
	q, body, err := callback.Seal(msg, testNow, nil)
	if err != nil {
		t.Fatal(err)
	}
	delivery, err := callback.Open(q, body, testNow)
	if err != nil {
		t.Fatal(err)
	}
	nested := struct{ Inner any }{cfg}
	for _, v := range []any{cfg, &cfg, nested, callback, *delivery, delivery, delivery.Message, &delivery.Message} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			noSecrets(t, fmt.Sprintf(verb, v))
		}
		noSecrets(t, fmt.Sprint(v))
		var buf bytes.Buffer
		slog.New(slog.NewJSONHandler(&buf, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&buf, nil)).Info("x", "v", v)
		if b, err := json.Marshal(v); err == nil {
			buf.Write(b)
		}
		noSecrets(t, buf.String())
	}
	if got, want := fmt.Sprint(delivery), "wechat message text"; got != want {
		t.Errorf("printed delivery = %q, want %q", got, want)
	}
	if got := fmt.Sprintf("%#v", cfg); !strings.Contains(got, testAppID) || !strings.Contains(got, "safe") {
		t.Errorf("printed config = %q, want app id and mode", got)
	}
}

func TestAnUnknownEventIsNotPrinted(t *testing.T) {
	m := Message{Type: TypeEvent, Event: "private words"}
	if got := m.String(); got != "wechat event other" {
		t.Errorf("String = %q, want %q", got, "wechat event other")
	}
	m = Message{Type: "private words"}
	if got := m.GoString(); got != "wechat message other" {
		t.Errorf("GoString = %q, want %q", got, "wechat message other")
	}
}
