package search

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain Chinese stays", "网购七天无理由退货", "网购七天无理由退货"},
		{"full width letters and digits become half width", "ＡＰＰ扣了我１２元", "app扣了我12元"},
		{"capitals become small", "KTV和App", "ktv和app"},
		{"capitals of other alphabets become small", "ÉÀЖ", "éàж"},
		{"half and full width marks are one gap", "退货,可以吗？！", "退货 可以吗"},
		{"Chinese quotes and brackets are gaps", "写着「概不退款」（小字）", "写着 概不退款 小字"},
		{"an ideographic space is a gap", "彩礼　退", "彩礼 退"},
		{"newlines and tabs are gaps", "老板跑了\r\n\t怎么办", "老板跑了 怎么办"},
		{"many gaps are one", "押金   不  退", "押金 不 退"},
		{"gaps at the ends go", "  …押金！ ", "押金"},
		{"gaps between digits close", "打12 3 4 8行吗", "打12348行吗"},
		{"full width digits with gaps close", "１２ ３４８", "12348"},
		{"a dash between digits closes", "12-348", "12348"},
		{"marks between digits close", "3·15、3.15", "315315"},
		{"a gap between digit and word stays", "干了 3 年", "干了 3 年"},
		{"emoji is a gap", "家暴😭怎么办", "家暴 怎么办"},
		{"emoji of several joined runes is one gap", "我家👨‍👩‍👧‍👦的房子", "我家 的房子"},
		{"emoji with a variation selector is one gap", "彩礼❤️退吗", "彩礼 退吗"},
		{"emoji with a skin tone is one gap", "谢谢👍🏽你", "谢谢 你"},
		{"a flag is one gap", "我爱🇨🇳国家", "我爱 国家"},
		{"emoji alone is nothing", "😭😭😭", ""},
		{"keycap digits are digits", "选1️⃣", "选1"},
		{"WeChat's bracketed emoji keeps its word", "退钱[流泪]", "退钱 流泪"},
		{"a zero-width space leaves no gap", "退\u200b货", "退货"},
		{"a byte order mark leaves no gap", "\ufeff退货", "退货"},
		{"an accent typed apart goes", "cafe\u0301", "cafe"},
		{"control characters are gaps", "退\x00货\x1b", "退 货"},
		{"broken UTF-8 is a gap", "退\xff\xfe货\xe9", "退 货"},
		{"traditional becomes simplified", "網購七天內可以退貨嗎？", "网购七天内可以退货吗"},
		{"Cantonese words stay words", "係咪冇得退㗎", "系咪冇得退㗎"},
		{"nothing stays nothing", "", ""},
		{"marks alone are nothing", "？？？。。。", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Fold(c.in); got != c.want {
				t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestFoldTakesVeryLongInput(t *testing.T) {
	in := strings.Repeat("退货！", 100_000)
	got := Fold(in)
	if want := strings.TrimSpace(strings.Repeat("退货 ", 100_000)); got != want {
		t.Errorf("%d bytes folded to %d, want %d", len(in), len(got), len(want))
	}
}

// FuzzFold looks for panics, and for text that does not come out in one form.
func FuzzFold(f *testing.F) {
	for _, seed := range []string{
		"", "退货", "１２ ３４８", "👨‍👩‍👧‍👦", "退\xff货", "ABC ｱｲｳ", "İKÅ", "1️⃣ 2", "\u0301a", "٣ 4", "  ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Fold(s)
		if again := Fold(got); again != got {
			t.Errorf("Fold(%q) = %q, folded again %q", s, got, again)
		}
		if !utf8.ValidString(got) {
			t.Errorf("Fold(%q) = %q, broken UTF-8", s, got)
		}
		if strings.Contains(got, "  ") || strings.Trim(got, " ") != got {
			t.Errorf("Fold(%q) = %q, a gap too many", s, got)
		}
		if got != strings.ToLower(got) {
			t.Errorf("Fold(%q) = %q, a capital is left", s, got)
		}
		if in, out := utf8.RuneCountInString(s), utf8.RuneCountInString(got); out > in {
			t.Errorf("Fold(%q) grew from %d to %d characters", s, in, out)
		}
	})
}

func TestRankedWritesNumbersOneWay(t *testing.T) {
	for _, c := range []struct{ name, a, b string }{
		{"a digit is its numeral", "7天", "七天"},
		{"两 is 二", "两年", "二年"},
		{"两 is 2", "两年", "2年"},
		{"ten is 十", "10天", "十天"},
		{"the teens begin with 十", "15天", "十五天"},
		{"round tens have no ones", "20年", "二十年"},
		{"tens and ones", "35岁", "三十五岁"},
		{"the highest", "99天", "九十九天"},
		{"full width", "１５天", "十五天"},
		{"zero alone stays", "0元购", "0元购"},
		{"a leading zero stays", "05", "05"},
		{"three digits stay", "996", "996"},
		{"a hotline typed with gaps", "12 348", "12348"},
		{"a year stays", "2026年", "2026年"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a, b := string(ranked(c.a)), string(ranked(c.b)); a != b {
				t.Errorf("%q is ranked as %q, %q as %q", c.a, a, c.b, b)
			}
		})
	}
}

func TestRankedKeepsDifferentNumbersApart(t *testing.T) {
	seen := map[string]int{}
	for n := range 100 {
		digits := []rune{}
		if n > 9 {
			digits = append(digits, rune('0'+n/10))
		}
		got := string(appendNumber(nil, append(digits, rune('0'+n%10))))
		if other, taken := seen[got]; taken {
			t.Errorf("%d and %d are both %q", other, n, got)
		}
		seen[got] = n
	}
}

func TestRankedDropsFillers(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"polite words in front", "你好，我想问一下押金不退怎么办", "押金不退怎么办"},
		{"thanks behind", "押金不退怎么办，谢谢", "押金不退怎么办"},
		{"sighs inside", "唉老板嗯跑了", "老板跑了"},
		{"traditional polite words", "請問押金", "押金"},
		{"polite words alone are nothing", "请问在吗？", ""},
		{"danger is no filler", "救命", "救命"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(strings.Fields(string(ranked(c.in))), " "); got != c.want {
				t.Errorf("ranked(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestFoldKeepsFillers(t *testing.T) {
	if got := Fold("你好，谢谢"); got != "你好 谢谢" {
		t.Errorf("Fold = %q; commands and danger are looked for in every word", got)
	}
}

func TestSimplifiedTable(t *testing.T) {
	if len(simplified) < 1200 {
		t.Errorf("%d pairs, want at least 1,200", len(simplified))
	}
	for from, to := range simplified {
		if from == to {
			t.Errorf("%c is mapped to itself", from)
		}
		if !isHan(from) || from < firstHan || !isHan(to) {
			t.Errorf("%c → %c: not two characters that Fold looks up", from, to)
		}
		if next, mapped := simplified[to]; mapped {
			t.Errorf("%c → %c → %c: the simplified form is mapped again", from, to, next)
		}
		if once := Fold(string(from)); once != string(to) || Fold(once) != once {
			t.Errorf("%c folds to %q, want %c", from, once, to)
		}
	}
}

// TestSimplifiedCharactersStay: what looks traditional and is everyday
// simplified writing must not change.
func TestSimplifiedCharactersStay(t *testing.T) {
	for _, r := range "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里著只么系干丑斗松台面谷范姓后几借占布丰" {
		if got := simplify(r); got != r {
			t.Errorf("simplify(%c) = %c, want it unchanged", r, got)
		}
	}
}

func TestSimplify(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"everyday Taiwan writing", "公司不給加班費，還叫我自己寫辭職書", "公司不给加班费 还叫我自己写辞职书"},
		{"everyday Hong Kong writing", "樓上裝修嘈到瞓唔著，報警有冇用", "楼上装修嘈到瞓唔著 报警有冇用"},
		{"both ways to write 里", "家裏、家裡", "家里 家里"},
		{"several forms of 里 only 只", "一隻狗祇咬人衹叫", "一只狗只咬人只叫"},
		{"several forms of 干", "乾淨、幹活", "干净 干活"},
		{"both ways to write 后", "婚後皇后", "婚后皇后"},
		{"variants on phones", "妳說牠們吵", "你说它们吵"},
		{"labour", "勞動仲裁時效、經濟補償、試用期", "劳动仲裁时效 经济补偿 试用期"},
		{"marriage", "離婚協議、財產轉移、撫養權、彩禮", "离婚协议 财产转移 抚养权 彩礼"},
		{"shopping", "網購退貨運費、預付卡、假冒偽劣", "网购退货运费 预付卡 假冒伪劣"},
		{"fraud", "詐騙轉賬、銀行帳戶凍結", "诈骗转账 银行账户冻结"},
		{"violence", "家庭暴力報警驗傷、人身安全保護令", "家庭暴力报警验伤 人身安全保护令"},
		{"old people", "遺囑、繼承、贍養費、監護", "遗嘱 继承 赡养费 监护"},
		{"property", "物業費、漏水、樓道堆雜物、違建", "物业费 漏水 楼道堆杂物 违建"},
		{"traffic", "醉駕、電動車、闖紅燈、賠償", "醉驾 电动车 闯红灯 赔偿"},
		{"offices", "法院起訴、調解委員會、法律援助、公證處", "法院起诉 调解委员会 法律援助 公证处"},
		{"how and what", "怎麼辦？甚麼時候？為什麼？點樣？", "怎么办 甚么时候 为什么 点样"},
		{"how many", "幾多錢、幾個人、盜竊、丟失", "几多钱 几个人 盗窃 丢失"},
		{"a mixed message", "我在台湾買嘅嘢可以退咩", "我在台湾买嘅嘢可以退咩"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Fold(c.in); got != c.want {
				t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}
