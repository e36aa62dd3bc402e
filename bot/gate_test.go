package bot

import (
	"slices"
	"strings"
	"testing"

	"pufa/content"
)

// changed is the shipped library with one entry changed.
func changed(t *testing.T, id string, change func(*content.Entry)) *content.Library {
	t.Helper()
	shipped, ok := shippedLibrary(t).Entry(id)
	if !ok {
		t.Fatalf("no entry %s", id)
	}
	e := *shipped
	e.Questions, e.Keywords = slices.Clone(e.Questions), slices.Clone(e.Keywords)
	change(&e)
	text, err := content.FormatEntry(&e)
	if err != nil {
		t.Fatal(err)
	}
	lib, err := content.Load(content.Edited(content.Shipped(), map[string]string{id: string(text)}))
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func TestGate(t *testing.T) {
	const id = "consumer/seven-day-return"
	before := shippedLibrary(t)
	for _, c := range []struct {
		name   string
		change func(*content.Entry)
		worse  string // the entry whose question gets worse; empty: no question does
	}{
		{"another sentence harms nobody", func(e *content.Entry) { e.Short = strings.TrimSuffix(e.Short, "。") + "，记得留好包装。" }, ""},
		{"one more wording harms nobody", func(e *content.Entry) {
			e.Questions = append(e.Questions, "网购的电饭锅开箱后不喜欢七天里能退吗")
		}, ""},
		{"a title that is another entry's question takes it away", func(e *content.Entry) { e.Title = "租房押金要不回来" }, "housing/deposit"},
		{"wordings that other entries live on", func(e *content.Entry) {
			for i, q := range before.EntriesOf("housing")[0].Questions[:6] {
				e.Questions[i+1] = "请问" + q + "呢"
			}
		}, id},
	} {
		t.Run(c.name, func(t *testing.T) {
			worse, err := Gate(t.Context(), before, changed(t, id, c.change), Options{Now: noon})
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range worse {
				t.Logf("%s %q: %s → %s", w.Case.ID, w.Case.Text, w.Case.Got(w.Before), w.Case.Got(w.After))
			}
			found := slices.ContainsFunc(worse, func(w Change) bool { return w.Before.Entry == c.worse && w.Before.Right })
			if found != (c.worse != "") || !found && len(worse) > 0 {
				t.Errorf("%d questions get worse, want some of %q", len(worse), c.worse)
			}
		})
	}
}
