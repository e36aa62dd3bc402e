package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pufa/content"
	"pufa/statute"
)

// lanternDay is when the newer edition of the made-up 花灯法 is 40 days off.
func lanternDay() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, zone) }

// statutesAt runs a subcommand of statutes on a day.
func (v variables) statutesAt(t *testing.T, now func() time.Time, args ...string) ended {
	t.Helper()
	return v.runAt(t, now, "", append([]string{"statutes"}, args...)...)
}

// withLanterns are settings under whose data folder the made-up laws are
// imported.
func withLanterns(t *testing.T) variables {
	t.Helper()
	v := noAccount(t)
	if e := v.statutesAt(t, lanternDay, "import", "testdata/laws"); e.status != 0 {
		t.Fatalf("import ended with %d: %s%s", e.status, e.out, e.err)
	}
	return v
}

func TestStatutesSayWhatTheyDo(t *testing.T) {
	v := withLanterns(t)
	for _, c := range []struct {
		name   string
		args   []string
		status int
		want   []string
	}{
		{"an article by title and number", []string{"show", "花灯法", "2"}, 0, []string{"中华人民共和国花灯法 第二条\n第一章 总则\n\n花灯由街道照管，坏了的三天内修好。\n", "since 2010-01-01 (date from field), published 2009-10-01", "source: lantern-2010.md, id lantern2010"}},
		{"an article in one word", []string{"show", "花灯法第三条"}, 0, []string{"第二章 挂灯\n\n挂灯的人应当把绳子系牢"}},
		{"an article with Arabic digits", []string{"show", "《花灯法》3条"}, 0, []string{"第三条"}},
		{"the edition of a later day", []string{"show", "--date", "2027-01-02", "花灯法", "第二条"}, 0, []string{"元宵节前后", "since 2027-01-02"}},
		{"a law and its editions", []string{"show", "花灯法"}, 0, []string{"since 2010-01-01 (date from field), published 2009-10-01, 有效, 4 articles · in force on 2026-11-23", "since 2027-01-02"}},
		{"no such article", []string{"show", "花灯法", "9"}, 1, []string{"article missing: the text has 4 articles"}},
		{"before the law was", []string{"show", "--date", "2009-12-31", "花灯法", "1"}, 1, []string{"takes effect on 2010-01-01"}},
		{"a law without a date", []string{"show", "街道张灯通知", "1"}, 1, []string{"has no effective date"}},
		{"words of a title", []string{"show", "花灯", "1"}, 1, []string{"no law is called 花灯; titles with these words: 中华人民共和国花灯法"}},
		{"a law nobody has", []string{"show", "信号旗法", "1"}, 1, []string{"no law is called 信号旗法: neither in the register nor among 3 texts"}},
		{"a law that another one replaced", []string{"show", "婚姻法", "1"}, 1, []string{"婚姻法 is no longer in force: 民法典 took its place on 2021-01-01"}},
		{"a law of the register without a text", []string{"show", "反家暴法", "12"}, 1, []string{"law unknown: no text with the title 中华人民共和国反家庭暴力法"}},
		{"an article that is no number", []string{"show", "花灯法", "甲"}, 2, []string{"read article"}},
		{"nothing to show", []string{"show"}, 2, []string{"name a law"}},
		{"a search finds the article in force", []string{"search", "-n", "1", "花灯坏了几天修好"}, 0, []string{" 1  中华人民共和国花灯法第二条  第一章 总则\n    花灯由街道照管，坏了的三天内修好。\n"}},
		{"a search on a later day", []string{"search", "--date", "2027-01-02", "-n", "1", "自家窗前"}, 0, []string{"第二条", "元宵节"}},
		{"a search before the index", []string{"search", "--date", "2015-01-01", "花灯"}, 0, []string{"the index was made on 2026-11-23"}},
		{"a search that finds nothing", []string{"search", "zzz"}, 0, []string{"no article has any of these words"}},
		{"a search without a text", []string{"search"}, 2, []string{"want a text"}},
		{"a search for too many", []string{"search", "-n", "101", "灯"}, 2, []string{"1 to 100"}},
		{"a difference", []string{"diff", "花灯法"}, 0, []string{"2010-01-01 (4 articles) → 2027-01-02 (5 articles)", "new      2\n", "changed  2 → 3\n", "moved    3 → 4\n", "changed  4 → 5\n", "2 changed, 1 moved, 1 new, 0 gone", "not in the register"}},
		{"a difference with the words", []string{"diff", "--words", "--from", "2010-01-01", "--to", "2027-01-02", "花灯法"}, 0, []string{"    - 第二条 花灯由街道照管，坏了的三天内修好。", "    + 第三条 花灯由街道照管，坏了的两天内修好。"}},
		{"no such edition", []string{"diff", "--from", "2001-01-01", "花灯法"}, 1, []string{"want two editions, there are these: 2010-01-01, 2027-01-02"}},
		{"a difference of nothing", []string{"diff"}, 2, []string{"name a law"}},
		{"what is there", []string{"status"}, 0, []string{"laws                             2\n", "editions                         3\n", "articles in force on 2026-11-23  4\n", "takes effect on 2027-01-02: 中华人民共和国花灯法 (lantern-2027.md)", "no date is known: 1 text"}},
		{"what has no date", []string{"status", "--all"}, 0, []string{"街道张灯通知 (notice.md)"}},
		{"a day that is none", []string{"status", "--date", "soon"}, 2, []string{"want a day"}},
		{"a flag after the text", []string{"search", "灯", "-n", "1"}, 2, []string{"flags come first"}},
		{"no subcommand", nil, 2, []string{"want import, status"}},
		{"an unknown subcommand", []string{"burn"}, 2, []string{`there is no "burn"`}},
		{"help", []string{"-h"}, 0, []string{"import|status|show"}},
		{"help of one", []string{"diff", "-h"}, 0, []string{"--words"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "help of one" {
				c.want = []string{"-words"}
			}
			e := v.statutesAt(t, lanternDay, c.args...)
			said := e.out + e.err
			if e.status != c.status {
				t.Errorf("status %d, want %d: %s", e.status, c.status, said)
			}
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("it said %q, want %q in it", said, want)
				}
			}
		})
	}
}

func TestStatutesWithoutTexts(t *testing.T) {
	v := noAccount(t)
	if e := v.statutesAt(t, lanternDay, "status"); e.status != 0 || !strings.Contains(e.out, "no official texts are imported") {
		t.Errorf("status = %+v", e)
	}
	if e := v.statutesAt(t, lanternDay, "show", "民法典", "1079"); e.status != 1 || !strings.Contains(e.err, "pufa statutes import PATH") {
		t.Errorf("show = %+v, want an error that names the mend", e)
	}
}

func TestStatutesImport(t *testing.T) {
	bad := t.TempDir()
	for name, file := range map[string]string{"broken.docx": "PK\x03\x04 cut off", "bare.md": "no front matter", "old.doc": "x"} {
		if err := os.WriteFile(filepath.Join(bad, name), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	v := withLanterns(t)
	file := filepath.Join(v["PUFA_DATA_DIR"], lawsFile)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name   string
		args   []string
		status int
		want   string
	}{
		{"what cannot be read is named", []string{"import", bad}, 1, "broken.docx: the Word file is cut off"},
		{"nothing usable keeps the old file", []string{"import", bad}, 1, "none of 3 files can be used; what was imported before is kept"},
		{"a dry run writes nothing", []string{"import", "--dry-run", "--replace", "testdata/laws/notice.md"}, 0, "dry run: nothing was written"},
		{"a path that is not there", []string{"import", filepath.Join(bad, "none")}, 1, "no such file"},
		{"nothing to import", []string{"import"}, 2, "name files or folders"},
		{"a date for many", []string{"import", "--effective", "2020-01-01", "testdata/laws"}, 2, "--effective is for one file"},
		{"a date that is none", []string{"import", "--effective", "soon", "testdata/laws/notice.md"}, 2, "want a day"},
		{"a date before the text was published", []string{"import", "--effective", "2001-01-01", "testdata/laws/lantern-2010.md"}, 2, "before the text was published"},
	}
	for _, c := range steps {
		t.Run(c.name, func(t *testing.T) {
			e := v.statutesAt(t, lanternDay, c.args...)
			if e.status != c.status || !strings.Contains(e.out+e.err, c.want) {
				t.Errorf("import = %+v, want status %d and %q", e, c.status, c.want)
			}
			if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
				t.Errorf("the file changed: %v", err)
			}
		})
	}
}

func TestStatutesImportAddsAndDates(t *testing.T) {
	v := withLanterns(t)
	e := v.statutesAt(t, lanternDay, "import", "--effective", "2020-02-02", "testdata/laws/notice.md")
	if e.status != 0 || !strings.Contains(e.out, "3 texts (0 new, 0 changed, 1 the same, 3 before)") {
		t.Fatalf("import = %+v", e)
	}
	if e := v.statutesAt(t, lanternDay, "show", "街道张灯通知", "1"); e.status != 0 || !strings.Contains(e.out, "since 2020-02-02") {
		t.Errorf("show = %+v, want the date that was given", e)
	}
	// Importing the folder again, which knows no date, does not take it away.
	v.statutesAt(t, lanternDay, "import", "testdata/laws")
	if e := v.statutesAt(t, lanternDay, "show", "街道张灯通知", "1"); e.status != 0 {
		t.Errorf("show after another import = %+v", e)
	}
	e = v.statutesAt(t, lanternDay, "import", "--replace", "testdata/laws/notice.md")
	if e.status != 0 || !strings.Contains(e.out, "1 text (1 new, 0 changed, 0 the same, 0 before)") || !strings.Contains(e.out, "no effective date found") {
		t.Errorf("import --replace = %+v", e)
	}
	file := filepath.Join(v["PUFA_DATA_DIR"], lawsFile)
	if err := os.WriteFile(file, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if e := v.statutesAt(t, lanternDay, "import", "testdata/laws"); e.status != 1 || !strings.Contains(e.err, "--replace") {
		t.Errorf("import over a damaged file = %+v, want an error that names the mend", e)
	}
	if e := v.statutesAt(t, lanternDay, "status"); e.status != 1 || !strings.Contains(e.err, "damaged") {
		t.Errorf("status of a damaged file = %+v", e)
	}
}

func TestStatutesImportTellsWhatTheRegisterHas(t *testing.T) {
	file := filepath.Join(t.TempDir(), "law.md")
	text := "---\nid: made-up\ntitle: 中华人民共和国反家庭暴力法\n---\n\n- **第一条**　　这里没有法律的原文。\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	e := noAccount(t).statutesAt(t, lanternDay, "import", file)
	if want := "law.md: 中华人民共和国反家庭暴力法, in the register since 2016-03-01"; e.status != 0 || !strings.Contains(e.out, want) {
		t.Errorf("import = %+v, want %q in it", e, want)
	}
}

func TestStatutesEval(t *testing.T) {
	v := withLanterns(t)
	file := filepath.Join(t.TempDir(), "questions.jsonl")
	lines := `{"id":"a","text":"花灯坏了几天修好","gold":[{"law":"中华人民共和国花灯法","article":"2"}]}
{"id":"b","text":"灯谜多少字","gold":[{"law":"街道张灯通知","article":"1"}]}
`
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	e := v.statutesAt(t, lanternDay, "eval", file)
	for _, want := range []string{"questions                            2", "R@1                                  0.500", "MRR@10                               0.500", "articles not in force on 2026-11-23  1"} {
		if !strings.Contains(e.out, want) {
			t.Errorf("eval = %+v, want %q in it", e, want)
		}
	}
	if e := v.statutesAt(t, lanternDay, "eval", "--json", file); !strings.Contains(e.out, `"items":[{"id":"a","rank":1},{"id":"b","rank":0}]`) {
		t.Errorf("eval --json = %+v", e)
	}
	for _, args := range [][]string{{"eval"}, {"eval", "testdata/none.jsonl"}, {"eval", "testdata/laws/notice.md"}} {
		if e := v.statutesAt(t, lanternDay, args...); e.status == 0 {
			t.Errorf("%v ended well", args)
		}
	}
}

// lanternEntries cite the made-up law, one in the older numbers.
func lanternEntries() []*content.Entry {
	cite := func(article, edition string) []content.Citation {
		return []content.Citation{{Law: "花灯法", Article: article, Edition: edition}}
	}
	return []*content.Entry{
		{ID: "lamps/mend", Citations: cite("2", "2010-01-01")},
		{ID: "lamps/rope", Citations: append(cite("3", "2010-01-01"), cite("4", "2010-01-01")...)},
		{ID: "lamps/why", Citations: cite("1", "2010-01-01")},
		{ID: "other/thing", Citations: []content.Citation{{Law: "民法典", Article: "2", Edition: "2021-01-01"}}},
	}
}

// The next edition of the made-up law takes effect in 40 days and touches the
// entries that cite the law.
func TestCheckWarnsOfWhatTakesEffectSoon(t *testing.T) {
	corpus, _, err := statute.LoadDir(t.Context(), "testdata/laws")
	if err != nil {
		t.Fatal(err)
	}
	lanterns := content.Law{Law: "花灯法", Title: "中华人民共和国花灯法", Edition: "2010-01-01"}
	two := lanternEntries()[:2]
	const edition = "花灯法: a new edition (lantern-2027.md) takes effect on 2027-01-02; cited by lamps/mend, lamps/rope"
	amended, ending := lanterns, statute.Rules{Repeals: []statute.Repeal{{Title: lanterns.Title, On: "2027-02-01", By: "街灯法第9条"}}}
	amended.AmendedBy = []content.Amendment{{Title: "修正案", On: "2026-12-01"}}
	amended.Next = "2027-01-02"
	for _, c := range []struct {
		name  string
		law   content.Law
		rules statute.Rules
		today statute.Day
		want  []string
	}{
		{"40 days ahead", lanterns, statute.Rules{}, "2026-11-23", []string{edition}},
		{"180 days ahead", lanterns, statute.Rules{}, "2026-07-06", []string{edition}},
		{"181 days ahead is not soon", lanterns, statute.Rules{}, "2026-07-05", nil},
		{"on the day itself it is no news", lanterns, statute.Rules{}, "2027-01-02", nil},
		{"an amendment and an end too", amended, ending, "2026-11-23", []string{
			edition, "花灯法: 修正案 takes effect on 2026-12-01; cited by lamps/mend, lamps/rope",
			"花灯法: it ends by 街灯法第9条 on 2027-02-01; cited by lamps/mend, lamps/rope",
		}},
		{"a law that nobody cites", content.Law{Law: "灯法", Title: lanterns.Title}, statute.Rules{}, "2026-11-23", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := comingChanges([]content.Law{c.law}, two, corpus, c.rules, c.today)
			if !slices.Equal(got, c.want) {
				t.Errorf("comingChanges = %q, want %q", got, c.want)
			}
		})
	}
}

func TestDiffNamesEntriesThatCiteWhatChanged(t *testing.T) {
	corpus, _, err := statute.LoadDir(t.Context(), "testdata/laws")
	if err != nil {
		t.Fatal(err)
	}
	editions := corpus.Editions("中华人民共和国花灯法")
	changes := statute.Compare(editions[0], editions[1])
	entries := lanternEntries()
	entries[2].Citations = append(entries[2].Citations, content.Citation{Law: "花灯法", Article: "2", Edition: "2027-01-02"})
	want := []string{
		"lamps/mend: 花灯法第二条 (2010-01-01) changed",
		"lamps/rope: 花灯法第三条 (2010-01-01) moved",
		"lamps/rope: 花灯法第四条 (2010-01-01) changed",
		"lamps/why: 花灯法第二条 (2027-01-02) new",
	}
	if got := citing(entries, "花灯法", "2010-01-01", changes); !slices.Equal(got, want) {
		t.Errorf("citing = %q, want %q", got, want)
	}
}

func TestOldLawNames(t *testing.T) {
	replaced := func(name string) (content.Law, bool) { return content.Law{Law: "街灯法"}, name == "灯笼法" }
	for _, c := range []struct {
		name string
		line string
		want int
	}{
		{"the old name as if it held", "按《灯笼法》赔钱。", 1},
		{"the line says that it ended", "《灯笼法》已经废止，现在看《街灯法》。", 0},
		{"a law that holds", "按《街灯法》赔钱。", 0},
		{"no law at all", "按市价赔钱。", 0},
	} {
		for place, e := range map[string]*content.Entry{
			"first paragraph": {Short: c.line}, "body": {Lines: []content.Line{{Text: c.line}}}, "gist": {Citations: []content.Citation{{Gist: c.line}}},
		} {
			if got := oldLawNames(e, replaced); len(got) != c.want {
				t.Errorf("%s in the %s: %q, want %d", c.name, place, got, c.want)
			}
		}
	}
}

func TestCheckReadsAnImportedFile(t *testing.T) {
	v := withLanterns(t)
	corpus, _, err := loadLaws(t.Context(), filepath.Join(v["PUFA_DATA_DIR"], lawsFile))
	if err != nil || len(corpus.Texts()) != 3 || len(corpus.Editions("中华人民共和国花灯法")[0].Articles) != 4 {
		t.Fatalf("loadLaws: %v", err)
	}
	if _, _, err := loadLaws(t.Context(), "statutes_test.go"); err == nil {
		t.Error("a file that is none was read")
	}
}

func TestProgressSaysHowFarItIs(t *testing.T) {
	clock := lanternDay()
	var out strings.Builder
	bar := newProgress(program{now: func() time.Time { return clock }, stderr: &out}, "reading")
	for done := range 30 {
		clock = clock.Add(time.Second)
		bar.step(done+1, 30)
	}
	bar.end()
	if want := "reading: 10 of 30\nreading: 20 of 30\nreading: 30 of 30\n"; out.String() != want {
		t.Errorf("progress = %q, want %q", out.String(), want)
	}
	out.Reset()
	bar.terminal = true
	bar.step(30, 30)
	bar.end()
	if want := "\rreading [" + strings.Repeat("=", 30) + "] 30 of 30\n"; out.String() != want {
		t.Errorf("on a terminal = %q, want %q", out.String(), want)
	}
}

// The figures to reach, on the real texts and the question set, where both are
// at hand.
func TestStatuteSearchReachesItsFigures(t *testing.T) {
	laws, questions := os.Getenv("PUFA_TEST_LAWS"), os.Getenv("PUFA_TEST_QUESTIONS")
	if laws == "" || questions == "" {
		t.Skip("PUFA_TEST_LAWS and PUFA_TEST_QUESTIONS are not set: the search in statutes is not measured")
	}
	v := noAccount(t)
	if e := v.run(t, "statutes", "import", laws); e.status != 0 {
		t.Fatal(e.err)
	}
	e := v.run(t, "statutes", "eval", questions)
	t.Log(e.out)
	for figure, floor := range map[string]string{"R@10": "0.58", "MRR@10": "0.48"} {
		at := strings.Index(e.out, figure+" ")
		if at < 0 {
			t.Fatalf("no %s in %s", figure, e.out)
		}
		if value := strings.Fields(e.out[at:])[1]; value < floor {
			t.Errorf("%s = %s, want at least %s", figure, value, floor)
		}
	}
}
