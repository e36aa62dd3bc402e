package mask

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a name that is told", "我叫王小明，网购的东西能退吗", "我叫某人，网购的东西能退吗"},
		{"a foreign name that is told", "我叫尼古拉，网购的东西能退吗", "我叫某人，网购的东西能退吗"},
		{"the name of somebody else", "邻居叫赵四把墙拆了", "邻居叫某人把墙拆了"},
		{"a surname", "姓李的邻居骂我", "姓某的邻居骂我"},
		{"a surname with a title", "张律师收费太贵，王大爷也说贵", "某人收费太贵，某人也说贵"},
		{"a name by what given names are made of", "张建国欠我3000元不还", "某人欠我3000元不还"},
		{"a name half hidden", "王某诽谤我，李某某作证，陈XX也在", "某人诽谤我，某人作证，某人也在"},
		{"old and young of a surname", "老王打了小李", "某人打了某人"},
		{"a foreign name by its sounds", "约翰·史密斯，霍巴特打人", "某人，某人打人"},
		{"a telephone number however it is written", "打13812345678，138 1234 5678，010-87654321", "打某号，某号，某号"},
		{"full width digits", "电话１３８１２３４５６７８", "电话某号"},
		{"digits that are spelt", "号码是幺三八零零一三八零零零", "号码是某号"},
		{"an identity number", "身份证11010519491231002X丢了", "身份证某号丢了"},
		{"a bank card in groups", "卡号6222 0212 3456 7890 123被刷", "卡号某号被刷"},
		{"half hidden digits", "138****5678打来的", "某号打来的"},
		{"a plate", "粤B12345撞了我，京AD12345F跑了", "某号撞了我，某号跑了"},
		{"an account of a chat", "微信号是abc_123，加QQ 88887777，wxid_abc99", "某号，加某号，某号"},
		{"a mail address and links", "发到a.b@example.com，看https://x.cn/a?b=1，shop.example.com也行", "发到某址，看某址，某址也行"},
		{"a full address", "住幸福路12号阳光花园3栋2单元501室", "住某地某地某地"},
		{"provinces and cities", "我是浙江省杭州市的，儿子在深圳", "我是某地某地的，儿子在某地"},
		{"places by their ending", "在余杭区，莲花镇，忠县，王家湾村", "在某地，某地，某地，某地"},
		{"a housing estate by its name", "幸福家园的物业", "某地的物业"},
		{"a day", "2023年5月12日签的，八月初三还没给，2024-01-02到期", "某日签的，某日还没给，某日到期"},

		{"a question without any of it stays", "老板拖欠工资三个月了去哪里告", "老板拖欠工资三个月了去哪里告"},
		{"an article stays", "民法典1079条写的啥", "民法典1079条写的啥"},
		{"amounts and ages stay", "72岁，月薪3500元，押金10.50元，借了5万", "72岁，月薪3500元，押金10.50元，借了5万"},
		{"words that end like places stay", "小区停车，超市过期，农村宅基地，高速公路，村委会，老板跑路", "小区停车，超市过期，农村宅基地，高速公路，村委会，老板跑路"},
		{"words that begin like names stay", "马上到期，周末加班，任何时候，小程序，陈述", "马上到期，周末加班，任何时候，小程序，陈述"},
		{"kin and trades stay", "老公打我，房东不退，邻居大姐，保洁阿姨", "老公打我，房东不退，邻居大姐，保洁阿姨"},
		{"nothing stays nothing", "", ""},
		{"broken bytes are dropped", "退\xff货", "退货"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Text(c.text); got != c.want {
				t.Errorf("Text(%q) = %q, want %q", c.text, got, c.want)
			}
			hold(t, c.text)
		})
	}
}

var fiveDigits = regexp.MustCompile(`\p{Nd}{5}`)

// hold checks what is true of every text.
func hold(t *testing.T, text string) {
	t.Helper()
	got := Text(text)
	if again := Text(got); again != got {
		t.Errorf("Text(%q) = %q, masked again %q", text, got, again)
	}
	if n := utf8.RuneCountInString(got); n > utf8.RuneCountInString(text) {
		t.Errorf("Text(%q) = %q is longer", text, got)
	}
	if !utf8.ValidString(got) {
		t.Errorf("Text(%q) = %q is no UTF-8", text, got)
	}
	if fiveDigits.MatchString(got) {
		t.Errorf("Text(%q) = %q has five digits in a row", text, got)
	}
}

// A number is gone whatever stands around it.
func TestNumbersAreGoneAnywhere(t *testing.T) {
	for _, number := range []string{"13812345678", "110105194912310021", "6222021234567890123", "0571-87654321", "138-1234-5678"} {
		for _, around := range []string{"%", "电话%", "%号", "a%", "%b", "（%）", "1%", "%元", "我的%你的", "第%条", "%年", "-%-", "某%某"} {
			text := strings.ReplaceAll(around, "%", number)
			if got := Text(text); strings.Contains(got, number[:4]) || strings.Contains(got, number[len(number)-4:]) {
				t.Errorf("Text(%q) = %q", text, got)
			}
			hold(t, text)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"我叫王小明，住幸福路12号3栋501，电话138 1234 5678", "姓某的某某人某地某号", "王某号李某地", "小马路1路2号", "１２３４５", "٣٤٥٦٧٨",
		"一二三四五六七月初一", "a@b.c", "老老王先生某", "··克拉拉·某", "我叫\xff某", "12-34(56", "1*2", "县县区市镇", "路1号路2号",
	} {
		f.Add(s)
	}
	f.Fuzz(hold)
}

func BenchmarkText(b *testing.B) {
	for b.Loop() {
		Text("我叫王小明，住幸福路12号3栋2单元501室，房东不退押金3000元，电话138 1234 5678，怎么办")
	}
}
