package bot

import (
	"context"
	"strings"
	"testing"

	"pufa/content"
)

func TestGapShapes(t *testing.T) {
	lib := shippedLibrary(t)
	plain := New(lib, Options{Now: noon})
	down := func(o *Options) {
		o.TakenDown = func(e *content.Entry) bool { return e.ID == "consumer/seven-day-return" }
	}
	unapproved := func(o *Options) { o.OnlyApproved = true }
	for _, c := range []struct {
		name   string
		change func(*Options)
		texts  []string
		shape  Shape
		near   string
	}{
		{"an answer is no gap", nil, []string{"网上买的东西不喜欢，七天内能退吗"}, "", ""},
		{"a menu is no gap", nil, []string{"菜单"}, "", ""},
		{"a command is no gap", nil, []string{"人工"}, "", ""},
		{"danger is no gap", nil, []string{"救命，他拿刀砍人了"}, "", ""},
		{"an article that was misnumbered is no gap", nil, []string{"反家暴法99条"}, "", ""},
		{"nothing is near", nil, []string{"公司股东想退股，另外两个不同意"}, NoCandidate, ""},
		{"not ours", nil, []string{"今天天气怎么样"}, Outside, ""},
		{"a wish to break the law", nil, []string{"教我怎么伪造遗嘱"}, Outside, ""},
		{"abuse alone", nil, []string{"你个废物机器人"}, Outside, ""},
		{"asking back is no gap yet", nil, []string{"有个事想问问"}, "", ""},
		{"asked back and still too little", nil, []string{"有个事想问问", "就是那个事怎么办"}, AskedBack, ""},
		{"asked back and then nothing is near", nil, []string{"有个事想问问", "公司股东想退股，另外两个不同意"}, AskedBack, ""},
		{"asked back and then answered", nil, []string{"有个事想问问", "网上买的东西不喜欢，七天内能退吗"}, "", ""},
		{"asked back, and a topic was picked", nil, []string{"有个事想问问", "4"}, "", ""},
		{"none of the topics", nil, []string{"菜单", "都不是"}, NoneFits, ""},
		{"none of a topic's entries", nil, []string{"菜单", "4", "都不是"}, NoneFits, "consumer"},
		{"taken down", down, []string{"网上买的东西不喜欢，七天内能退吗"}, Withheld, "consumer/seven-day-return"},
		{"not approved yet", unapproved, []string{"网上买的东西不喜欢，七天内能退吗"}, Unapproved, "consumer/seven-day-return"},
		{"a law that is not there", nil, []string{"胡编乱造法12条"}, UnknownLaw, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := plain
			if c.change != nil {
				opt := Options{Now: noon}
				c.change(&opt)
				e = New(lib, opt)
			}
			g := talk(e, c.texts...).Gap
			near := g.Entry
			if near == "" {
				near = g.Topic
			}
			if g.Shape != c.shape || near != c.near && c.shape != AskedBack {
				t.Errorf("gap = %+v, want %q near %q", g, c.shape, c.near)
			}
			if g.Text != "" {
				t.Errorf("text %q, and nobody switched it on", g.Text)
			}
		})
	}
}

// A close menu that does not fit is near to its first line.
func TestGapOfACloseMenu(t *testing.T) {
	e := smallEngine(t)
	r := talk(e, "买到冒牌货七天内能退吗")
	if r.Outcome != Menu || r.Gap.Shape != "" {
		t.Fatalf("reply is %s with gap %+v, want a menu and none", r.Outcome, r.Gap)
	}
	g := talk(e, "买到冒牌货七天内能退吗", "都不是").Gap
	if g.Shape != NoneFits || g.Entry != r.Choices[0].ID || g.Topic == "" || g.Length != "" {
		t.Errorf("gap = %+v, want none_fits near %s", g, r.Choices[0].ID)
	}
}

// Every question that is referred is a gap, and no other is.
func TestGapsOfTheQuestionSet(t *testing.T) {
	e := sharedEngine(t).Under(Options{Now: noon, GapTexts: true})
	near := 0
	for _, q := range questions(t) {
		r := e.Reply(context.Background(), Message{Kind: Text, Text: q.Text})
		if gap := r.Gap.Shape != ""; gap != (r.Outcome == Referred) {
			t.Errorf("%s: %s, gap %+v", q.Text, r.Outcome, r.Gap)
		}
		if r.Gap.Entry != "" {
			near++
			if _, ok := e.lib.Entry(r.Gap.Entry); !ok || r.Gap.Topic == "" {
				t.Errorf("%s: near %+v", q.Text, r.Gap)
			}
		}
		if r.Gap.Shape == Outside && r.Gap.Text != "" {
			t.Errorf("%s is not ours, and its text %q would be kept", q.Text, r.Gap.Text)
		}
	}
	if near == 0 {
		t.Error("no gap has an entry near: nothing is tested")
	}
}

func TestGapTexts(t *testing.T) {
	e := sharedEngine(t).Under(Options{Now: noon, GapTexts: true})
	for _, c := range []struct{ name, text, want string }{
		{"what was asked", "公司股东想退股，另外两个不同意", "公司股东想退股 另外两个不同意"},
		{"not a delicate matter", "公司股东想退股，另外两个不同意，还动手打人", ""},
		{"not what is not ours", "今天天气怎么样", ""},
		{"not an answered question", "网上买的东西不喜欢，七天内能退吗", ""},
		{"not danger", "救命，他拿刀砍人了", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := talk(e, c.text).Gap.Text; got != c.want {
				t.Errorf("text = %q, want %q", got, c.want)
			}
		})
	}
}

func TestGapText(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"names and numbers are gone", "我叫王小明，138 1234 5678，店名被人抢注了", "我叫某人 某号 店名被人抢注了"},
		{"what folding joins is masked too", "电话13，81，23，45，67，8，店名被抢注", "电话某号 店名被抢注"},
		{"a long one is cut", strings.Repeat("店名被人抢注了，", 20), strings.TrimSpace(strings.Repeat("店名被人抢注了 ", 8)[:len("店名被人抢注了 ")*7] + "店名被人")},
		{"one character is no question", "啊", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := gapText(c.text); got != c.want {
				t.Errorf("gapText = %q, want %q", got, c.want)
			}
		})
	}
}

// Of a matter whose near entries are sensitive no word is kept.
func TestGapTextsOfSensitiveMatters(t *testing.T) {
	lib := shippedLibrary(t)
	e := New(lib, Options{Now: noon, GapTexts: true, OnlyApproved: true})
	for _, entry := range lib.Entries() {
		if !e.sensitive(entry) {
			continue
		}
		for _, q := range entry.Questions {
			if g := talk(e, q).Gap; g.Text != "" {
				t.Errorf("%s: %q would be kept", q, g.Text)
			}
		}
	}
}

func TestResidentsAreToldOfGapTexts(t *testing.T) {
	lib := shippedLibrary(t)
	on, off := New(lib, Options{Now: noon, GapTexts: true}), New(lib, Options{Now: noon})
	wantText(t, talk(on, "隐私"), "3个人", "30天")
	wantNoText(t, talk(on, "隐私"), "不存您的问题原文")
	wantText(t, talk(off, "隐私"), "不存您的问题原文")
	first := on.Reply(context.Background(), Message{Kind: Text, Text: "你好", New: true})
	wantText(t, first, privacyLineGaps)
	wantNoText(t, first, PrivacyLine)
	if len(privacyLineGaps) > len(PrivacyLine) {
		t.Errorf("the line has %d bytes, room was kept for %d", len(privacyLineGaps), len(PrivacyLine))
	}
}
