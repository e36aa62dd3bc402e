package config

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

func fieldsOfSettings() []field { return fields(reflect.TypeFor[Settings](), "") }

// typeWord is how docs/configuration.md calls a type.
func typeWord(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[Secret]():
		return "secret"
	case reflect.TypeFor[bool]():
		return "`on` `off`"
	case reflect.TypeFor[int](), reflect.TypeFor[float64]():
		return "number"
	case reflect.TypeFor[time.Duration]():
		return "duration"
	case reflect.TypeFor[[]string]():
		return "list"
	case reflect.TypeFor[Switch]():
		return "`auto` `on` `off`"
	case reflect.TypeFor[Mode]():
		return "`safe` `plain`"
	case reflect.TypeFor[AccountKind]():
		return "`service` `subscription`"
	}
	return "text"
}

type row struct{ typ, def, example string }

func readDocs(t *testing.T) map[string]row {
	t.Helper()
	data, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]row{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(PUFA_\\w+)` \\| (.*?) \\| (.*?) \\| (.*?) \\|").FindAllStringSubmatch(string(data), -1) {
		rows[m[1]] = row{m[2], strings.Trim(m[3], "`"), strings.Trim(m[4], "`")}
	}
	return rows
}

func readExample(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^#?(PUFA_\w+)=(.*)$`).FindAllStringSubmatch(string(data), -1) {
		if _, twice := values[m[1]]; twice {
			t.Errorf(".env.example has %s twice", m[1])
		}
		values[m[1]] = m[2]
	}
	return values
}

func TestDocsListEverySetting(t *testing.T) {
	docs, example := readDocs(t), readExample(t)
	known := map[string]bool{fileKey: true}
	for _, f := range fieldsOfSettings() {
		known[f.key] = true
		want := row{typeWord(f.typ), f.def, docs[f.key].example}
		if docs[f.key] != want {
			t.Errorf("docs/configuration.md has %s as %+v, want %+v", f.key, docs[f.key], want)
		}
		if got, ok := example[f.key]; !ok || got != docs[f.key].example {
			t.Errorf(".env.example has %s=%s, docs/configuration.md has the example %q", f.key, got, docs[f.key].example)
		}
	}
	for key := range docs {
		if !known[key] {
			t.Errorf("docs/configuration.md lists %s, which is no setting", key)
		}
	}
	for key := range example {
		if !known[key] {
			t.Errorf(".env.example lists %s, which is no setting", key)
		}
	}
}

func TestExamplesAreGoodSettings(t *testing.T) {
	var environ []string
	for key, v := range readExample(t) {
		if key != fileKey {
			environ = append(environ, key+"="+v)
		}
	}
	if s := load(t, environ, nil); s.WeChat.Made || !s.OpenAI.Configured() || s.Street.Name == "" {
		t.Errorf("settings of the examples = %+v", s)
	}
}
