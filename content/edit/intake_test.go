package edit

import (
	"strings"
	"testing"

	"pufa/content"
)

func TestIntakeTellsEveryMistakeAtItsPlace(t *testing.T) {
	const place = "上传的文件"
	id, fresh := another(t, "fresh", func(*content.Entry) {})
	for _, c := range []struct {
		name, id, text string
		key, want      string
	}{
		{"a title that is too long", known, titled(t, strings.Repeat("长", 21)), "title", "title has 21 characters"},
		{"a body that is missing", known, "---\nid: " + known + "\n---\n", "short", ":4: "},
		{"a hotline that nobody verified", known, textOf(t, known, func(e *content.Entry) { e.Remedy.Hotlines = []string{"99999"} }), "remedy.hotlines", "99999"},
		{"a law that the register does not have", known, textOf(t, known, func(e *content.Entry) { e.Citations[0].Law = "编的法" }), "citations", "编的法"},
		{"a wording of another entry", known, textOf(t, known, func(e *content.Entry) { e.Questions[2] = neighbourQuestion(t) }), "questions", "asks the same as"},
		{"what does not fit into a reply", known, titled(t, "太长了"), "lines", "too long"},
		{"nothing is wrong with a new one", id, fresh, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRoom(t)
			in, err := r.NewIntake(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			in.Add(c.id+".md", place, []byte(c.text))
			in.Check()
			all := in.All()
			if c.want == "" {
				if len(all) > 0 || in.Count() != (Tally{Fresh: 1}) || string(in.Texts()[c.id+".md"]) != c.text {
					t.Errorf("%v, %+v", all, in.Count())
				}
				return
			}
			if len(all) == 0 || in.Count().Wrong != 1 {
				t.Fatalf("no mistake was found: %+v", in.Count())
			}
			if m := all[0]; m.Key != c.key || !strings.Contains(m.Error(), c.want) || !strings.HasPrefix(m.Error(), place+":") {
				t.Errorf("%q about %q, want %q about %q", m.Error(), m.Key, c.want, c.key)
			}
		})
	}
}

func neighbourQuestion(t *testing.T) string {
	e, err := content.ParseEntry(neighbour+".md", []byte(textOf(t, neighbour, func(*content.Entry) {})))
	if err != nil {
		t.Fatal(err)
	}
	return e.Questions[1]
}

func TestIntakeNamesTheMistakesOfOthers(t *testing.T) {
	in := NewIntake(mustLoad(t))
	in.Refuse("a/b/c.md: an entry stands at TOPIC/SLUG.md")
	in.Add(known+".md", "x", []byte(textOf(t, known, func(*content.Entry) {})))
	in.Check()
	if n := in.Count(); n != (Tally{Same: 1}) || len(in.Texts()) != 0 || len(in.All()) != 1 || in.All()[0].Error() != "a/b/c.md: an entry stands at TOPIC/SLUG.md" {
		t.Errorf("%+v, %v", n, in.All())
	}
}

func mustLoad(t *testing.T) *content.Library {
	lib, err := content.Load(tinyBase(t))
	if err != nil {
		t.Fatal(err)
	}
	return lib
}
