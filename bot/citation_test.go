package bot

import (
	"testing"
	"time"
)

func TestCitationLookUp(t *testing.T) {
	e := smallEngine(t)
	for _, tt := range []struct {
		name, text string
		outcome    Outcome
		want       []string
	}{
		{"by number", "民法典1079条", Menu, []string{"《民法典》第一千零七十九条（2021-01-01起施行）", "· 感情破裂调解无效应准离", "1 起诉离婚判不判", "待本街道司法所审核"}},
		{"in Chinese numerals", "民法典第一千零七十九条", Menu, []string{"1 起诉离婚判不判"}},
		{"by another name, with a gap", "反家暴法 23", Menu, []string{"《反家庭暴力法》第二十三条", "1 申请保护令"}},
		{"what it says", "消法第25条怎么规定的", Menu, []string{"· 远程购物收货七日内可退", "· 网购的也可先无理由退"}},
		{"entries that stand on it come first", "消法25条", Menu, []string{"1 网购七天退货", "2 买到假货退一赔三"}},
		{"an article of which nothing is said", "反家暴法12条", Referred, []string{"《反家庭暴力法》第十二条（2016-03-01起施行）", "还没有讲解", "12348"}},
		{"an article that does not exist", "反家暴法99条", Referred, []string{"现行的《反家庭暴力法》（2016-03-01起施行）没有第九十九条"}},
		{"an inserted article that does not exist", "民法典1079条之二", Referred, []string{"没有第一千零七十九条之二"}},
		{"an article past what is known of a law", "短篇规定20条", Referred, []string{"本号查不到"}},
		{"a law that is no longer used", "婚姻法32条", Referred, []string{"《婚姻法》现在不用了", "《民法典》（2021-01-01起施行）", "条号也变了"}},
		{"a law that another law has ended", "短命条例3条", Referred, []string{"《短命条例》有新的变化"}},
		{"a law that is not in the register", "火星法12条", Referred, []string{"没有收"}},
		{"a law alone", "消法", Referred, []string{"想看《消费者权益保护法》（2014-03-15起施行）的哪一条", "「消费者权益保护法第几条」"}},
		{"a law alone that is no longer used", "《婚姻法》", Referred, []string{"《婚姻法》现在不用了"}},
		{"no reference but a question", "民法典规定彩礼能退吗怎么算", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := talk(e, tt.text)
			if tt.outcome != "" && r.Outcome != tt.outcome {
				t.Errorf("outcome = %s, want %s", r.Outcome, tt.outcome)
			}
			wantText(t, r, tt.want...)
			if tt.outcome == "" {
				wantNoText(t, r, fullText)
			}
		})
	}
}

func TestALookUpIsOpenedByNumber(t *testing.T) {
	if r := talk(smallEngine(t), "民法典1079条", "1"); r.Entry != "family/divorce" {
		t.Errorf("1 after a look-up opens %q, want family/divorce", r.Entry)
	}
}

func TestALookUpCarriesItsCitation(t *testing.T) {
	r := talk(smallEngine(t), "民法典1079条")
	if len(r.Citations) != 1 || r.Citations[0].Law != "民法典" || r.Citations[0].Article != "1079" || r.Score != 1 {
		t.Errorf("citations = %+v, score %v", r.Citations, r.Score)
	}
}

func TestALawAboutToChangeIsNotQuoted(t *testing.T) {
	today := noon()
	e := smallEngine(t)
	e.opt.Now = func() time.Time { return today }
	if r := talk(e, "样例条例3条"); r.Outcome != Menu {
		t.Errorf("before the change = %s, want menu", r.Outcome)
	}
	today = today.AddDate(0, 2, 0)
	r := talk(e, "样例条例3条")
	wantText(t, r, "《样例条例》有新的变化", "12348")
	wantNoText(t, r, "起施行")
}

// The old law's name is the register's, not what was typed.
func TestAReplacedLawIsNamedInTheRegistersWords(t *testing.T) {
	e := smallEngine(t)
	law, _ := e.lib.Law("民法典")
	wantNoText(t, Reply{Text: replacedLaw("某某的旧法", law)}, "某某")
}
