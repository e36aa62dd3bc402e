package statute

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func textOf(articles ...string) *Text {
	t := &Text{ID: "t", Title: "路灯法"}
	for i := 0; i < len(articles); i += 2 {
		t.Articles = append(t.Articles, Article{Number: articles[i], Text: articles[i+1]})
	}
	return t
}

func TestCompare(t *testing.T) {
	const care, wage, colour = "路灯归街道照管，坏了的灯三天内换好。", "照管人的报酬按月发给，不得拖欠。", "灯的颜色由居民商量决定。"
	for _, c := range []struct {
		name       string
		older, new *Text
		want       []string
	}{
		{"nothing changed", textOf("1", care, "2", wage), textOf("1", care, "2", wage), nil},
		{"width and white space do not count", textOf("1", "（一）甲，乙。"), textOf("1", "(一)甲, 乙。"), nil},
		{"an article is new and pushes the others on", textOf("1", care, "2", wage), textOf("1", colour, "2", care, "3", wage), []string{"new  1", "moved 1 2", "moved 2 3"}},
		{"words changed", textOf("1", care, "2", wage), textOf("1", "路灯归街道照管，坏了的灯两天内换好。", "2", wage), []string{"changed 1 1"}},
		{"changed and moved", textOf("1", care), textOf("1", colour, "2", "路灯归街道照管，坏了的灯两天内换好。"), []string{"new  1", "changed 1 2"}},
		{"another article took the number", textOf("1", care), textOf("1", colour), []string{"new  1", "gone 1 "}},
		{"struck out with its place kept", textOf("1", care, "2", wage), textOf("1", care, "2", "（删去）"), []string{"gone 2 "}},
		{"empty against full", textOf(), textOf("1", care), []string{"new  1"}},
		{"two with the same words keep their order", textOf("1", care, "2", care), textOf("2", care, "3", care), []string{"moved 1 3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, ch := range Compare(c.older, c.new) {
				got = append(got, string(ch.Kind)+" "+ch.Old.Number+" "+ch.New.Number)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("Compare = %q, want %q", got, c.want)
			}
		})
	}
}

// Every article of both editions is accounted for once: kept, or in one change.
func TestCompareLosesNoArticle(t *testing.T) {
	gen := rapid.Custom(func(t *rapid.T) *Text {
		text := textOf()
		for i, words := range rapid.SliceOfN(rapid.StringOfN(rapid.SampledFrom([]rune("灯街道照管换坏")), 1, 12, -1), 0, 8).Draw(t, "articles") {
			text.Articles = append(text.Articles, Article{Number: string(rune('1' + i)), Text: words})
		}
		return text
	})
	rapid.Check(t, func(t *rapid.T) {
		older, newer := gen.Draw(t, "older"), gen.Draw(t, "newer")
		var fromOld, fromNew int
		for _, c := range Compare(older, newer) {
			fromOld += one(c.Kind != New)
			fromNew += one(c.Kind != Gone)
			if c.Kind == Changed && foldWords(c.Old.Text) == foldWords(c.New.Text) {
				t.Fatalf("%+v is no change", c)
			}
		}
		if len(older.Articles)-fromOld != len(newer.Articles)-fromNew {
			t.Fatalf("%d of %d old and %d of %d new articles changed: the rest cannot be the same ones",
				fromOld, len(older.Articles), fromNew, len(newer.Articles))
		}
	})
}
