package statute

import (
	"strings"
	"testing"
)

func TestArticlesStandUnderHeadings(t *testing.T) {
	for _, c := range []struct {
		name string
		body []string
		want string // number and chapter of each article
	}{
		{
			"part, chapter and section",
			[]string{
				"## 第一编　总　　则", "### 第一章　灯", "#### 第一节　开", article("1", "甲。"), "#### 第二节　关", article("2", "乙。"),
				"### 第二章　人", article("3", "丙。"), "## 第二编　分　则", article("4", "丁。"), "## 附　　则", article("5", "戊。"),
			},
			"1 第一编 总则/第一章 灯/第一节 开; 2 第一编 总则/第一章 灯/第二节 关; 3 第一编 总则/第二章 人; 4 第二编 分则; 5 附则",
		},
		{"a part within a part", []string{"## 第三编　合同", "### 第一分编　通则", "#### 第一章　灯", article("1", "甲。")}, "1 第三编 合同/第一分编 通则/第一章 灯"},
		{"headings of an interpretation", []string{"## 一、管辖", article("1", "甲。"), "### （一）级别", article("2", "乙。"), "## 二、证据", article("3", "丙。")}, "1 一、管辖; 2 一、管辖/（一）级别; 3 二、证据"},
		{"the title is no heading", []string{"# 路灯法", article("1", "甲。")}, "1 "},
		{"the table of contents is none", []string{"## 目　录", "- 第一章　灯", "## 第一章　灯", article("1", "甲。")}, "1 第一章 灯"},
		{"a heading glued to its article", []string{article("1", "甲。"), "## 第二章　　照管第二条 乙。"}, "1 ; 2 第二章 照管"},
		{"a heading that lost its number", []string{article("1", "甲。"), "1. 法律责任", article("2", "乙。")}, "1 ; 2 法律责任"},
		{"an item is no heading", []string{article("1", "甲：\n\n  1. 天黑开灯"), "  2. 天亮关灯", article("2", "乙。")}, "1 ; 2 "},
		{"a sentence is no heading", []string{"## " + strings.Repeat("很长的一句话", 20), article("1", "甲。")}, "1 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, a := range mustParse(t, lawText("路灯法", "", c.body...)).Articles {
				got = append(got, a.Number+" "+a.Chapter)
			}
			if s := strings.Join(got, "; "); s != c.want {
				t.Errorf("articles = %q, want %q", s, c.want)
			}
		})
	}
}
