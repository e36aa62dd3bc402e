package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// contract is the document as the test reads it.
type contract struct {
	OpenAPI string
	Servers []struct{ URL string }
	Paths   map[string]map[string]operation
	Comps   struct{ Schemas map[string]schema } `json:"components"`
}

type operation struct {
	Parameters []struct{ Name, In string }
	Responses  map[string]struct {
		Content map[string]struct{ Schema schema }
	}
	Security []map[string][]string
}

type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"`
	Properties map[string]schema `json:"properties"`
	Required   []string          `json:"required"`
	More       any               `json:"additionalProperties"`
	Items      *schema           `json:"items"`
	Enum       []string          `json:"enum"`
}

func readContract(t *testing.T) contract {
	t.Helper()
	var doc contract
	_, h := newAPI(t)
	if err := json.Unmarshal(ask(t, h, "GET", "/openapi.json", "").Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheDocumentHasTheRoutes(t *testing.T) {
	doc := readContract(t)
	if doc.OpenAPI != "3.1.0" || doc.Servers[0].URL != Path {
		t.Errorf("OpenAPI %s at %s", doc.OpenAPI, doc.Servers[0].URL)
	}
	inCode, inDoc := map[string]string{}, map[string]string{}
	for _, rt := range routes() {
		params := slices.Sorted(slices.Values(rt.params))
		inCode[rt.path] = fmt.Sprintf("get %s %v", rt.scope, params)
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			scope, params := "", []string{}
			for _, s := range op.Security {
				scope += strings.Join(s["token"], ",")
			}
			for _, p := range op.Parameters {
				switch p.In {
				case "query":
					params = append(params, p.Name)
				case "path":
					if !strings.Contains(path, "{"+p.Name+"}") {
						t.Errorf("%s has no %s", path, p.Name)
					}
				}
			}
			slices.Sort(params)
			inDoc[path] += fmt.Sprintf("%s %s %v", method, scope, params)
		}
	}
	if diff := cmp.Diff(inCode, inDoc); diff != "" {
		t.Errorf("routes and document differ (-code +document):\n%s", diff)
	}
}

func TestAnswersAreWhatTheDocumentSays(t *testing.T) {
	doc := readContract(t)
	o, h := newAPI(t)
	calls["/entries/{topic}/{slug}"] = "/entries/" + o.lib.Entries()[0].ID
	for _, rt := range routes() {
		responses := doc.Paths[rt.path]["get"].Responses
		w := ask(t, h, "GET", calls[rt.path], string(rt.scope))
		doc.hold(t, rt.path, responses["200"].Content["application/json"].Schema, w.Body.Bytes())
		if rt.scope != "" {
			w = ask(t, h, "GET", calls[rt.path], "")
			doc.hold(t, rt.path+" 401", responses["401"].Content["application/json"].Schema, w.Body.Bytes())
		}
		for _, code := range []string{"200", "304", "405"} {
			if _, ok := responses[code]; !ok && code != "304" {
				t.Errorf("%s: the document does not say what %s is", rt.path, code)
			}
		}
	}
}

// A wrong answer must be found, or the test above says nothing.
func TestTheCheckOfAnswersFindsWhatIsWrong(t *testing.T) {
	doc := readContract(t)
	for name, body := range map[string]string{
		"a field that is missing":      `{"hidden":true}`,
		"a field too many":             `{"value":1,"hidden":false,"openid":"o1"}`,
		"words for a number":           `{"value":"12","hidden":false}`,
		"a fraction for a whole":       `{"value":1.5,"hidden":false}`,
		"a list for a thing":           `[]`,
		"a value where there is none ": `{"value":1,"hidden":null}`,
	} {
		if problems := doc.check("cell", schema{Ref: "#/components/schemas/Cell"}, parsed(t, []byte(body))); len(problems) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
}

func parsed(t *testing.T, body []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("no JSON: %.200s", body)
	}
	return v
}

func (doc contract) hold(t *testing.T, at string, s schema, body []byte) {
	t.Helper()
	if problems := doc.check(at, s, parsed(t, body)); len(problems) > 0 {
		t.Errorf("%s:\n%s", at, strings.Join(problems[:min(5, len(problems))], "\n"))
	}
}

// check holds a value to a schema, as far as the document uses schemas.
func (doc contract) check(at string, s schema, v any) (problems []string) {
	if s.Ref != "" {
		s = doc.Comps.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	if !ofType(s.Type, v) {
		return []string{fmt.Sprintf("%s is %T, want %v", at, v, s.Type)}
	}
	switch v := v.(type) {
	case string:
		if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
			problems = append(problems, fmt.Sprintf("%s is %q, want one of %v", at, v, s.Enum))
		}
	case []any:
		for i, one := range v {
			problems = append(problems, doc.check(fmt.Sprintf("%s[%d]", at, i), *s.Items, one)...)
		}
	case map[string]any:
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				problems = append(problems, at+" has no "+name)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			of, ok := s.Properties[name]
			if more, isSchema := s.More.(map[string]any); !ok && isSchema {
				of, ok = again(more), true
			}
			if !ok && s.More == false {
				problems = append(problems, at+" has "+name+" too many")
			} else if ok {
				problems = append(problems, doc.check(at+"."+name, of, v[name])...)
			}
		}
	}
	return problems
}

func again(raw map[string]any) (s schema) {
	text, _ := json.Marshal(raw)
	_ = json.Unmarshal(text, &s)
	return s
}

func ofType(want, v any) bool {
	if list, ok := want.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return ofType(one, v) })
	}
	number, isNumber := v.(float64)
	switch want {
	case nil:
		return true
	case "object":
		_, ok := v.(map[string]any)
		return ok
	case "array":
		_, ok := v.([]any)
		return ok
	case "string":
		_, ok := v.(string)
		return ok
	case "boolean":
		_, ok := v.(bool)
		return ok
	case "integer":
		return isNumber && number == math.Trunc(number)
	case "number":
		return isNumber
	case "null":
		return v == nil
	}
	return false
}
