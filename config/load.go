package config

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

const (
	prefix      = "PUFA_"
	fileKey     = "PUFA_CONFIG"
	fileDefault = "pufa.yaml"
	fromFile    = "_FILE" // PUFA_SECRET_FILE names a file that holds PUFA_SECRET
)

// ReadFile is what os.ReadFile is.
type ReadFile func(name string) ([]byte, error)

// Load reads the settings from environ ("KEY=value" lines, as os.Environ gives
// them) and from the file that PUFA_CONFIG names, or pufa.yaml where that
// exists. The environment wins; an empty value counts as not set. The error
// lists every problem with its mend and holds no secret.
func Load(environ []string, readFile ReadFile) (Settings, error) {
	l := &loader{fields: fields(reflect.TypeFor[Settings](), ""), readFile: readFile}
	l.values = map[string]value{}
	l.takeEnvironment(environ)
	l.takeFile()
	l.openSecretFiles()
	s := l.parse()
	l.check(&s)
	if len(l.problems) > 0 {
		return Settings{}, fmt.Errorf("read settings: %w", errors.Join(l.problems...))
	}
	return s, nil
}

// field is one setting as the struct declares it.
type field struct {
	key    string // PUFA_WECHAT_APP_ID
	name   string // the Go field, by which env reports a bad value
	def    string
	typ    reflect.Type
	secret bool
}

func fields(t reflect.Type, under string) []field {
	var list []field
	for f := range t.Fields() {
		if p, nested := f.Tag.Lookup("envPrefix"); nested {
			list = append(list, fields(f.Type, under+p)...)
			continue
		}
		if key := f.Tag.Get("env"); key != "-" {
			list = append(list, field{
				key: under + key, name: f.Name, def: f.Tag.Get("envDefault"),
				typ: f.Type, secret: f.Type == reflect.TypeFor[Secret](),
			})
		}
	}
	return list
}

// value is a setting's text and where it stands.
type value struct {
	text  string
	where string // PUFA_TRY, or pufa.yaml:3: try
}

type loader struct {
	fields   []field
	readFile ReadFile
	values   map[string]value
	file     value // PUFA_CONFIG
	problems []error
}

func (l *loader) problem(format string, a ...any) {
	l.problems = append(l.problems, fmt.Errorf(format, a...))
}

// known says whether a key is a setting's, or names the file of a secret one.
func (l *loader) known(key string) bool {
	for _, f := range l.fields {
		if key == f.key || f.secret && key == f.key+fromFile {
			return true
		}
	}
	return false
}

func (l *loader) takeEnvironment(environ []string) {
	for _, line := range environ {
		key, text, _ := strings.Cut(line, "=")
		switch {
		case !strings.HasPrefix(key, prefix) || isServiceLink(key):
		case key == fileKey:
			l.file = value{text, key}
		case !l.known(key):
			l.problem("%s: there is no such setting; %s", key, l.suggest(key, func(k string) string { return k }))
		case text != "":
			l.values[key] = value{text, key}
		}
	}
}

// isServiceLink knows the variables that Kubernetes gives every pod beside a
// service named pufa. They are no settings and no mistakes.
func isServiceLink(key string) bool {
	for _, p := range []string{"PUFA_PORT", "PUFA_SERVICE_HOST", "PUFA_SERVICE_PORT"} {
		if key == p || strings.HasPrefix(key, p+"_") {
			return true
		}
	}
	return false
}

func (l *loader) takeFile() {
	name := l.file.text
	if name == "" {
		name = fileDefault
	}
	data, err := l.readFile(name)
	if errors.Is(err, fs.ErrNotExist) && l.file.text == "" {
		return
	}
	if err != nil {
		l.problem("%s: open the file with the settings: %w; correct the path or leave %s out", fileKey, err, fileKey)
		return
	}
	lines, err := readYAML(name, data)
	if err != nil {
		l.problems = append(l.problems, err)
	}
	for _, line := range lines {
		l.takeLine(line)
	}
}

func (l *loader) takeLine(line fileLine) {
	key := prefix + strings.ToUpper(line.key)
	where := line.at + ": " + line.key
	if line.key != strings.ToLower(line.key) || !l.known(key) {
		l.problem("%s: there is no such setting; %s", where, l.suggest(key, func(k string) string {
			return strings.ToLower(strings.TrimPrefix(k, prefix))
		}))
		return
	}
	if line.text == "" || l.inEnvironment(key) {
		return
	}
	l.values[key] = value{line.text, where}
}

// inEnvironment reports whether the environment has the setting, either way.
func (l *loader) inEnvironment(key string) bool {
	base := strings.TrimSuffix(key, fromFile)
	for _, k := range []string{base, base + fromFile} {
		if v, ok := l.values[k]; ok && v.where == k {
			return true
		}
	}
	return false
}

func (l *loader) openSecretFiles() {
	for _, f := range l.fields {
		path, ok := l.values[f.key+fromFile]
		if !f.secret || !ok {
			continue
		}
		if direct, both := l.values[f.key]; both {
			l.problem("%s and %s are both set; keep one", direct.where, path.where)
			continue
		}
		data, err := l.readFile(path.text)
		if err != nil {
			l.problem("%s: open the file with the secret: %w; correct the path or its rights", path.where, err)
			continue
		}
		text := strings.TrimRight(string(data), "\r\n")
		if text == "" {
			l.problem("%s: the file is empty; write the secret into it", path.where)
			continue
		}
		l.values[f.key] = value{text, path.where}
	}
}

func (l *loader) parse() Settings {
	texts := make(map[string]string, len(l.values))
	for key, v := range l.values {
		texts[key] = strings.TrimSpace(v.text)
	}
	var s Settings
	err := env.ParseWithOptions(&s, env.Options{Environment: texts, FuncMap: parsers()})
	var all env.AggregateError
	if errors.As(err, &all) {
		for _, e := range all.Errors {
			l.unreadable(e)
		}
	}
	return s
}

// unreadable turns env's error, which names a Go field, into one that names
// the setting where the operator wrote it.
func (l *loader) unreadable(err error) {
	var p env.ParseError
	if errors.As(err, &p) {
		for _, f := range l.fields {
			if f.name == p.Name {
				l.problem("%s: %w", l.where(f.key), p.Err)
				return
			}
		}
	}
	l.problems = append(l.problems, err)
}

func (l *loader) where(key string) string {
	if v, ok := l.values[key]; ok {
		return v.where
	}
	return key
}

func parsers() map[reflect.Type]env.ParserFunc {
	return map[reflect.Type]env.ParserFunc{
		reflect.TypeFor[bool]():          func(v string) (any, error) { return parseBool(v) },
		reflect.TypeFor[int]():           func(v string) (any, error) { return parseInt(v) },
		reflect.TypeFor[float64]():       func(v string) (any, error) { return parseNumber(v) },
		reflect.TypeFor[time.Duration](): func(v string) (any, error) { return parseDuration(v) },
		reflect.TypeFor[Switch]():        func(v string) (any, error) { return oneOf(v, Auto, On, Off) },
		reflect.TypeFor[Mode]():          func(v string) (any, error) { return oneOf(v, Safe, Plain) },
		reflect.TypeFor[AccountKind]():   func(v string) (any, error) { return oneOf(v, Service, Subscription) },
	}
}

func parseBool(v string) (bool, error) {
	switch strings.ToLower(v) {
	case "on", "true", "yes", "1":
		return true, nil
	case "off", "false", "no", "0":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither on nor off; write one of them", v)
}

func parseInt(v string) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil {
		return 0, fmt.Errorf("%q is no whole number; write digits only", v)
	}
	return n, nil
}

func parseNumber(v string) (float64, error) {
	x, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is no number; write it like 0.5", v)
	}
	return x, nil
}

func parseDuration(v string) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err != nil {
		return 0, fmt.Errorf("%q is no length of time; write it like 3s or 1500ms", v)
	}
	return d, nil
}

func oneOf[T ~string](v string, choices ...T) (T, error) {
	names := make([]string, len(choices))
	for i, c := range choices {
		if v == string(c) {
			return c, nil
		}
		names[i] = string(c)
	}
	return "", fmt.Errorf("%q is none of %s; write one of them", v, strings.Join(names, ", "))
}
