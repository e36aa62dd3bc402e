package statute

import (
	"errors"
	"strings"
	"testing"
)

func edition(title, id string, from Day, status Status, words string) *Text {
	return &Text{
		ID: id, Title: title, Path: id + ".md", Published: from, Effective: from, Origin: OriginField,
		Status: status, Articles: []Article{{Number: "1", Text: words}, {Number: "2", Text: "乙。"}, {Number: "3", Text: "（删去）"}},
	}
}

func TestInForce(t *testing.T) {
	lamp := "中华人民共和国路灯法"
	old, current := edition(lamp, "a", "2010-01-01", Valid, "旧。"), edition(lamp, "b", "2020-01-01", Valid, "新。")
	next := edition(lamp, "c", "2030-01-01", Pending, "更新。")
	undated := edition(lamp, "d", "", Valid, "不知何时。")
	undated.Published = "2025-01-01"
	repealed := Rules{Repeals: []Repeal{{Title: lamp, On: "2026-08-15", By: "光明法典第九条"}}}
	for _, c := range []struct {
		name  string
		texts []*Text
		day   Day
		rules Rules
		want  string // id, or empty
		err   error
	}{
		{"the only text", []*Text{current}, "2026-01-01", Rules{}, "b", nil},
		{"on the day it takes effect", []*Text{current}, "2020-01-01", Rules{}, "b", nil},
		{"the day before", []*Text{current}, "2019-12-31", Rules{}, "", ErrNotInForce},
		{"the newer of two", []*Text{old, current}, "2026-01-01", Rules{}, "b", nil},
		{"the older one until then", []*Text{current, old}, "2019-12-31", Rules{}, "a", nil},
		{"a text marked 尚未生效 once its day has come", []*Text{current, next}, "2030-01-01", Rules{}, "c", nil},
		{"a text of unknown status", []*Text{edition(lamp, "u", "2020-01-01", Unknown, "甲。")}, "2026-01-01", Rules{}, "u", nil},
		{"marked 已废止", []*Text{edition(lamp, "r", "2020-01-01", Repealed, "甲。")}, "2026-01-01", Rules{}, "", ErrNotInForce},
		{"marked 已修改 and no newer text at hand", []*Text{edition(lamp, "m", "2020-01-01", Amended, "甲。")}, "2026-01-01", Rules{}, "", ErrNotInForce},
		{"a repealed newer text does not revive the older one", []*Text{old, edition(lamp, "r", "2020-01-01", Repealed, "甲。")}, "2026-01-01", Rules{}, "", ErrNotInForce},
		{"the day before the register repeals it", []*Text{current}, "2026-08-14", repealed, "b", nil},
		{"on the day the register repeals it", []*Text{current}, "2026-08-15", repealed, "", ErrNotInForce},
		{"a new law of the same title is not repealed with the old one", []*Text{old, edition(lamp, "n", "2026-08-15", Valid, "甲。")}, "2026-08-15", repealed, "n", nil},
		{"without an effective date", []*Text{undated}, "2026-01-01", Rules{}, "", ErrNotInForce},
		{"a later text whose date nobody knows", []*Text{current, undated}, "2026-01-01", Rules{}, "", ErrNotInForce},
		{"before that text was published", []*Text{current, undated}, "2024-12-31", Rules{}, "b", nil},
		{"an amendment is no edition", []*Text{current, edition(lamp+"修正案（二）", "x", "2024-01-01", Valid, "改。")}, "2026-01-01", Rules{}, "b", nil},
		{"the same text twice", []*Text{current, edition(lamp, "b2", "2020-01-01", Valid, "新。")}, "2026-01-01", Rules{}, "b2", nil},
		{"the same text twice, one of them marked repealed", []*Text{current, edition(lamp, "a2", "2020-01-01", Repealed, "新。")}, "2026-01-01", Rules{}, "", ErrNotInForce},
		{"two different texts of one day", []*Text{current, edition(lamp, "z", "2020-01-01", Valid, "不同。")}, "2026-01-01", Rules{}, "", ErrAmbiguous},
		{"a title with the year of its revision", []*Text{edition(lamp+"（2018年修正文本）", "y", "2018-03-11", Valid, "甲。")}, "2026-01-01", Rules{}, "y", nil},
		{"a law nobody knows", []*Text{edition("长椅法", "k", "2020-01-01", Valid, "甲。")}, "2026-01-01", Rules{}, "", ErrUnknownLaw},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, err := NewCorpus(c.texts).InForce(lamp, c.day, c.rules)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err == nil && text.ID != c.want {
				t.Errorf("InForce = %s, want %s", text.ID, c.want)
			}
		})
	}
}

func TestInForceNamesWhatItMet(t *testing.T) {
	lamp := "路灯法"
	a, b := edition(lamp, "a", "2020-01-01", Valid, "甲。"), edition(lamp, "b", "2020-01-01", Valid, "不同。")
	corpus := NewCorpus([]*Text{a, b})
	if _, err := corpus.InForce(lamp, "2026-01-01", Rules{}); err == nil || !strings.Contains(err.Error(), "a.md and b.md") {
		t.Errorf("error %v, want both files named", err)
	}
	conflicts := corpus.Conflicts()
	if len(conflicts) != 1 || !strings.Contains(conflicts[0].String(), "a.md: differs from b.md") {
		t.Errorf("Conflicts() = %v, want the pair once", conflicts)
	}
	rules := Rules{Repeals: []Repeal{{Title: lamp, On: "2021-01-01", By: "光明法典第九条"}}}
	_, err := NewCorpus([]*Text{a}).InForce(lamp, "2026-01-01", rules)
	if err == nil || !strings.Contains(err.Error(), "光明法典第九条") || !strings.Contains(err.Error(), "2021-01-01") {
		t.Errorf("error %v, want the article that repeals and the day", err)
	}
}

func TestEditionOnCountsAmendments(t *testing.T) {
	corpus := NewCorpus([]*Text{edition("路灯法", "a", "2020-01-01", Valid, "甲。")})
	rules := Rules{Amendments: []Amendment{
		{Law: "路灯法", Title: "路灯法修正案", On: "2024-03-01", Articles: []string{"2", "2-1"}},
		{Law: "路灯法", Title: "早就写进去的修正案", On: "2019-03-01", Articles: []string{"1"}},
		{Law: "长椅法", Title: "长椅法修正案", On: "2024-03-01", Articles: []string{"1"}},
	}}
	for _, c := range []struct {
		day, want Day
		changed   string
	}{
		{"2024-02-29", "2020-01-01", ""},
		{"2024-03-01", "2024-03-01", "2 2-1"},
	} {
		e, err := corpus.EditionOn("路灯法", c.day, rules)
		if err != nil || e.On != c.want || strings.Join(e.Changed, " ") != c.changed || e.Text.ID != "a" {
			t.Errorf("EditionOn(%s) = %+v, %v, want %s with %q changed", c.day, e, err, c.want, c.changed)
		}
	}
}

func TestCheck(t *testing.T) {
	lamp := "路灯法"
	corpus := NewCorpus([]*Text{edition(lamp, "a", "2010-01-01", Amended, "旧。"), edition(lamp, "b", "2020-01-01", Valid, "新。")})
	rules := Rules{Amendments: []Amendment{{Law: lamp, Title: "路灯法修正案", On: "2024-03-01", Articles: []string{"2"}}}}
	for _, c := range []struct {
		name string
		ref  Citation
		day  Day
		want error
		says string
	}{
		{"right", Citation{lamp, "1", "2020-01-01"}, "2024-02-29", nil, ""},
		{"right after the amendment", Citation{lamp, "1", "2024-03-01"}, "2026-01-01", nil, ""},
		{"an article the text at hand does not have as it is now", Citation{lamp, "2", "2024-03-01"}, "2026-01-01", ErrOldText, "text of 2020-01-01, changed by 2024-03-01"},
		{"the edition before the amendment", Citation{lamp, "1", "2020-01-01"}, "2026-01-01", ErrSuperseded, "the one of 2024-03-01 is in force"},
		{"the edition before the newer text", Citation{lamp, "1", "2010-01-01"}, "2021-01-01", ErrSuperseded, "the one of 2020-01-01"},
		{"no edition named", Citation{lamp, "1", ""}, "2021-01-01", ErrNoEdition, "the one of 2020-01-01"},
		{"an edition that never was", Citation{lamp, "1", "2020-06-01"}, "2021-01-01", ErrNoEdition, "the one of 2020-01-01"},
		{"a law nobody knows", Citation{"长椅法", "1", "2020-01-01"}, "2021-01-01", ErrUnknownLaw, "长椅法"},
		{"before the law", Citation{lamp, "1", "2010-01-01"}, "2009-12-31", ErrNotInForce, "takes effect on 2010-01-01"},
		{"an article too many", Citation{lamp, "4", "2020-01-01"}, "2021-01-01", ErrNoArticle, "has 3 articles"},
		{"an article struck out", Citation{lamp, "3", "2020-01-01"}, "2021-01-01", ErrNoArticle, "struck out"},
		{"a number that is not canonical", Citation{lamp, "第一条", "2020-01-01"}, "2021-01-01", ErrNoArticle, "287-2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := corpus.Check(c.ref, c.day, rules)
			if !errors.Is(err, c.want) {
				t.Fatalf("error %v, want %v", err, c.want)
			}
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %q does not say %q", err, c.says)
			}
		})
	}
}

func TestFoldTitle(t *testing.T) {
	for _, c := range []struct{ name, a, b string }{
		{"title marks and spaces", "《 中华人民共和国路灯法 》", "中华人民共和国路灯法"},
		{"width of brackets", "路灯解释（一）", "路灯解释(一)"},
		{"the year of a revision", "中华人民共和国宪章（2018年修正文本）", "中华人民共和国宪章（1982年）"},
		{"inner title marks", "关于适用《路灯法》的解释", "关于适用〈路灯法〉的解释"},
	} {
		if foldTitle(c.a) != foldTitle(c.b) {
			t.Errorf("%s: %q and %q differ", c.name, c.a, c.b)
		}
	}
	for _, c := range []struct{ name, a, b string }{
		{"numbers of interpretations", "路灯解释（一）", "路灯解释（二）"},
		{"years of amendments", "宪章修正案（2004年）", "宪章修正案（2018年）"},
	} {
		if foldTitle(c.a) == foldTitle(c.b) {
			t.Errorf("%s: %q and %q are the same", c.name, c.a, c.b)
		}
	}
}
