package statute

import "testing"

func TestEffectiveDate(t *testing.T) {
	const published = "publication_date: '2024-03-05'\neffective_date: "
	for _, c := range []struct {
		name, front string
		body        []string
		want        Day
		from        Origin
	}{
		{"the field wins over the text", published + "'2024-06-01'", []string{article("1", "本法自2024年7月1日起施行。")}, "2024-06-01", OriginField},
		{"the header", published + "''", []string{"> （2024年3月5日公布　自2024年5月1日起施行）", article("1", "甲。")}, "2024-05-01", OriginHeader},
		{"the last article", published, []string{article("1", "甲。"), article("2", "本法自2024年7月1日起施行。")}, "2024-07-01", OriginLastArticle},
		{"a date in Chinese digits", published, []string{article("1", "本规定自二〇二四年十二月一日起施行。")}, "2024-12-01", OriginLastArticle},
		{"the end of a text without articles", published, []string{"一、早开灯。", "二、本决定自2024年10月1日起施行。"}, "2024-10-01", OriginLastArticle},
		{"on publication", published, []string{article("1", "本条例自公布之日起施行。")}, "2024-03-05", OriginPublication},
		{"on publication, said in the header", published, []string{"> （2024年3月5日公布　自公布之日起施行）", article("1", "甲。")}, "2024-03-05", OriginPublication},
		{"on adoption, whose day is not known", published, []string{article("1", "本条例自通过之日起施行。")}, "", ""},
		{"nothing said", published, []string{article("1", "甲。")}, "", ""},
		{"a date in an article that is not the last", published, []string{article("1", "自2024年7月1日起施行新灯。"), article("2", "甲。")}, "", ""},
		{
			"an amended text whose last article has the first edition's date", published,
			[]string{"> （2010年1月2日公布　根据2024年3月5日《关于修改部分规定的决定》修订）", article("1", "本条例自2010年2月1日起施行。")},
			"", "",
		},
		{
			"a revised text that dates itself anew", published,
			[]string{"> （2010年1月2日公布　2024年3月5日修订　自2024年5月1日起施行）", article("1", "甲。")},
			"2024-05-01", OriginHeader,
		},
		{"a day the calendar does not have", published, []string{article("1", "本法自2024年2月31日起施行。")}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := mustParse(t, lawText("路灯条例", c.front, c.body...))
			if text.Effective != c.want || text.Origin != c.from {
				t.Errorf("effective %q from %q, want %q from %q", text.Effective, text.Origin, c.want, c.from)
			}
		})
	}
}

// An amended text takes its date from the decision that amended it: from the
// decision's own text if it is at hand, otherwise from the register.
func TestAmendedTextIsDatedByItsDecision(t *testing.T) {
	amended := lawText("报亭条例", "publication_date: '2024-03-05'",
		"> （2010年1月2日公布　根据2024年3月5日《关于修改部分规定的决定》修订）",
		article("1", "本条例自2010年2月1日起施行。"))
	decision := lawText("关于修改部分规定的决定", "publication_date: '2024-03-05'\neffective_date: '2024-04-01'", "一、改一处。")
	elsewhere := lawText("关于修改部分规定的决定", "publication_date: '2020-03-05'\neffective_date: '2020-04-01'", "一、改一处。")
	rules := Rules{Amendments: []Amendment{{Law: "报亭条例", Title: "关于修改部分规定的决定", On: "2024-04-01"}}}
	for _, c := range []struct {
		name  string
		texts [][]byte
		rules Rules
		want  Origin
	}{
		{"the decision is at hand", [][]byte{amended, decision}, Rules{}, OriginDecision},
		{"the register dates it", [][]byte{amended}, rules, OriginRegister},
		{"only a decision of another year is at hand", [][]byte{amended, elsewhere}, Rules{}, ""},
		{"nobody dates it", [][]byte{amended}, Rules{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			corpus := parseAll(t, c.texts...)
			text, err := corpus.InForce("报亭条例", "2024-04-01", c.rules)
			if c.want == "" {
				if err == nil {
					t.Errorf("InForce = %s, want an error: no date", text.Effective)
				}
				return
			}
			if err != nil || text.Effective != "2024-04-01" || text.Origin != c.want {
				t.Errorf("InForce = %+v, %v, want 2024-04-01 from %q", text, err, c.want)
			}
			if _, err := corpus.InForce("报亭条例", "2024-03-31", c.rules); err == nil {
				t.Error("in force the day before, want an error")
			}
		})
	}
}

func parseAll(t *testing.T, files ...[]byte) *Corpus {
	t.Helper()
	var texts []*Text
	for _, file := range files {
		texts = append(texts, mustParse(t, file))
	}
	return NewCorpus(texts)
}
