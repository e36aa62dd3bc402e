package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestSecretIsPrintedNowhere(t *testing.T) {
	const hidden = "Gehe1m"
	holder := struct {
		Open   Secret
		closed Secret
		Ptr    *Secret
	}{Open: NewSecret(hidden), closed: NewSecret(hidden)}
	holder.Ptr = &holder.Open

	printed := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s", "%t"} {
		printed["secret "+verb] = fmt.Sprintf(verb, holder.Open)
		printed["pointer "+verb] = fmt.Sprintf(verb, holder.Ptr)
		printed["struct "+verb] = fmt.Sprintf(verb, holder)
	}
	printed["error"] = fmt.Errorf("dial %v: %w", holder.Open, fmt.Errorf("%s", holder.closed)).Error()
	printed["json"] = encoded(t, json.Marshal, holder)
	printed["json map key"] = encoded(t, json.Marshal, map[Secret]int{holder.Open: 1})
	printed["yaml"] = encoded(t, yaml.Marshal, holder)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", holder.Open, "holder", holder)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", holder.Open, "holder", holder)
	printed["slog"] = log.String()

	for where, text := range printed {
		for _, leak := range []string{hidden, fmt.Sprintf("%x", hidden), fmt.Sprintf("%X", hidden)} {
			if strings.Contains(text, leak) {
				t.Errorf("%s prints the secret: %s", where, text)
			}
		}
	}
	if holder.Open.Reveal() != hidden {
		t.Errorf("Reveal = %q", holder.Open.Reveal())
	}
}

func encoded[T any](t *testing.T, marshal func(any) ([]byte, error), v T) string {
	t.Helper()
	data, err := marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSecretSaysWhetherItIsThere(t *testing.T) {
	if !NewSecret("").Empty() || NewSecret("x").Empty() || NewSecret("").String() != "" || NewSecret("x").String() != mask {
		t.Error("an empty and a filled secret are not told apart")
	}
	if NewSecret("") != (Secret{}) {
		t.Error("an empty secret is not the zero value")
	}
}
