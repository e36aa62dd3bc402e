package statute

import (
	"fmt"
	"testing"
)

func TestParseArticle(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"digits between 第 and 条", "第287条之二", "287-2"},
		{"all in Chinese", "第二百八十七条之二", "287-2"},
		{"without 第 and 条", "287之2", "287-2"},
		{"canonical form", "287-2", "287-2"},
		{"a bare number", "25", "25"},
		{"a plain article in Chinese", "第二十五条", "25"},
		{"full-width digits and hyphen", "第２８７条之２", "287-2"},
		{"a full-width hyphen", "287－2", "287-2"},
		{"thousand with a gap", "第一千零七十九条", "1079"},
		{"thousand with two gaps", "第一千零五条", "1005"},
		{"hundred and ten", "第一百一十条", "110"},
		{"ten", "第十条", "10"},
		{"一十五 for fifteen", "一十五", "15"},
		{"两 for two", "两百条", "200"},
		{"digits one by one", "第一〇七九条", "1079"},
		{"inserted beyond ten", "第一百二十条之十一", "120-11"},
		{"spaces around and inside", " 第 25 条 ", "25"},
		{"leading zeros", "025", "25"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseArticle(c.in)
			if err != nil || got != c.want {
				t.Errorf("ParseArticle(%q) = %q, %v, want %q", c.in, got, err, c.want)
			}
		})
	}
}

func TestParseArticleRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"nothing":                  "",
		"no number":                "第条",
		"zero":                     "第0条",
		"inserted zero":            "25-0",
		"more than any law has":    "10000",
		"a number out of range":    "99999999999999999999",
		"inserted beyond 99":       "25-100",
		"a slip of the pen":        "二百百",
		"units in the wrong order": "十百",
		"a day count":              "15天",
		"a paragraph":              "第二十五条第一款",
		"two numbers":              "25 26",
		"negative":                 "-25",
		"a superscript":            "25²",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := ParseArticle(in); err == nil {
				t.Errorf("ParseArticle(%q) = %q, want an error", in, got)
			}
		})
	}
}

func TestFormatArticle(t *testing.T) {
	for in, want := range map[string]string{
		"287-2": "第二百八十七条之二",
		"25":    "第二十五条",
		"10":    "第十条",
		"110":   "第一百一十条",
		"1001":  "第一千零一条",
		"1010":  "第一千零一十条",
		"1100":  "第一千一百条",
		"120-1": "第一百二十条之一",
		"附件一":   "附件一",
		"":      "",
	} {
		if got := FormatArticle(in); got != want {
			t.Errorf("FormatArticle(%q) = %q, want %q", in, got, want)
		}
	}
}

// Every number there can be survives the way to Chinese and back.
func TestArticleRoundTrip(t *testing.T) {
	check := func(number string) {
		t.Helper()
		written := FormatArticle(number)
		got, err := ParseArticle(written)
		if err != nil || got != number {
			t.Fatalf("ParseArticle(FormatArticle(%q)) = ParseArticle(%q) = %q, %v", number, written, got, err)
		}
	}
	for n := 1; n <= maxArticle; n++ {
		check(fmt.Sprint(n))
	}
	for k := 1; k <= maxInserted; k++ {
		check(fmt.Sprintf("120-%d", k))
	}
}

func FuzzParseArticle(f *testing.F) {
	for _, s := range []string{"第287条之二", "287-2", "第一千零七十九条", "二〇", "十", "第条", "２５"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		number, err := ParseArticle(s)
		if err != nil {
			return
		}
		if again, err := ParseArticle(FormatArticle(number)); err != nil || again != number {
			t.Errorf("ParseArticle(%q) = %q, which comes back as %q, %v", s, number, again, err)
		}
	})
}
