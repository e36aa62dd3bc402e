package config

import (
	"fmt"
	"log/slog"
)

// mask stands for a secret wherever one is printed.
const mask = "[secret]"

// Secret is a value that shows itself to nobody but a caller of Reveal. The
// value hangs on a pointer, so that %+v of a struct which hides a Secret in an
// unexported field, where fmt may not call Format, prints no value either.
type Secret struct{ value *string }

// NewSecret returns a secret that holds value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{&value}
}

// Reveal returns the value.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Empty reports whether there is no value.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// String returns the mask, or nothing for an empty secret.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return mask
}

// Format prints the mask for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, s.String()) }

// MarshalText masks the value in JSON, XML and every other text encoding.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML masks the value in YAML.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue masks the value in logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// UnmarshalText takes the value; it never fails.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
