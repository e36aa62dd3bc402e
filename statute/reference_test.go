package statute

import (
	"strings"
	"testing"
)

func TestParseReference(t *testing.T) {
	for _, c := range []struct{ name, in, law, article string }{
		{"all in Chinese", "民法典第一千零七十九条", "民法典", "1079"},
		{"digits without 第", "民法典1079条", "民法典", "1079"},
		{"a bare number after a space", "反家暴法 12", "反家暴法", "12"},
		{"a bare number right behind the name", "反家暴法12", "反家暴法", "12"},
		{"title marks", "《民法典》第1079条", "民法典", "1079"},
		{"title marks and a name without a usual ending", "《工伤认定》第8条", "工伤认定", "8"},
		{"an inserted article", "刑法第二百八十七条之二", "刑法", "287-2"},
		{"an inserted article with a hyphen", "刑法287-2", "刑法", "287-2"},
		{"Chinese numeral without 第", "劳动法三十九条", "劳动法", "39"},
		{"paragraph and item are dropped", "劳动合同法第三十八条第一款第（二）项", "劳动合同法", "38"},
		{"a polite question", "请问劳动合同法第39条是什么？", "劳动合同法", "39"},
		{"asking what it says", "查一下民法典第1079条规定了什么", "民法典", "1079"},
		{"的 before the number", "劳动法的第三十九条", "劳动法", "39"},
		{"a numbered interpretation in brackets", "劳动争议解释（二）第19条", "劳动争议解释(二)", "19"},
		{"a numbered interpretation without brackets", "劳动争议解释二第十九条", "劳动争议解释二", "19"},
		{"a regulation", "工伤保险条例第十四条", "工伤保险条例", "14"},
		{"the constitution", "宪法36条", "宪法", "36"},
		{"full-width digits", "民法典第１０７９条", "民法典", "1079"},
	} {
		t.Run(c.name, func(t *testing.T) {
			law, article, ok := ParseReference(c.in)
			if !ok || law != c.law || article != c.article {
				t.Errorf("ParseReference(%q) = %q, %q, %v, want %q, %q", c.in, law, article, ok, c.law, c.article)
			}
		})
	}
}

func TestParseReferenceLeavesQuestionsAlone(t *testing.T) {
	for _, s := range []string{
		"",
		"民法典是什么",
		"我被拘留15天",
		"我被拘留15",
		"劳动法 15天年假",
		"劳动法规定年假几天",
		"第十条",
		"1079",
		"12348",
		"有什么办法 110",
		"没办法 12",
		"这违法 3",
		"商标法2019",
		"劳动法第三十九条单位能开除我吗",
		"根据民法典第1079条他不同意能离吗",
		"民法典第1079条和第1080条",
		"《民法典》",
		"《民法典第1079条",
		"工资条例行一个月 3000",
		"房子30000一平 合同法",
		"欠我5000他不还怎么用法律",
		"租房押金2个月不退",
		"民法典第零条",
		"民法典一千零七十九",
		strings.Repeat("很长的故事", 20) + "民法典第1079条",
	} {
		if law, article, ok := ParseReference(s); ok {
			t.Errorf("ParseReference(%q) = %q, %q, true, want false", s, law, article)
		}
	}
}

func FuzzParseReference(f *testing.F) {
	for _, s := range []string{"民法典1079条", "《民法典》第1079条", "反家暴法 12", "我被拘留15天", "请问劳动法第三十九条是什么"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		law, article, ok := ParseReference(s)
		if !ok {
			return
		}
		if got, err := ParseArticle(article); err != nil || got != article || strings.TrimSpace(law) == "" {
			t.Errorf("ParseReference(%q) = %q, %q, want a name and a canonical article", s, law, article)
		}
	})
}
