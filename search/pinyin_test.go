package search

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func soundsOf(s *sounds, text string) []uint16 { return s.of(ranked(text)) }

func TestTextsThatSoundAlike(t *testing.T) {
	s := newSounds()
	for _, c := range []struct{ name, a, b string }{
		{"typed pinyin with one gap", "laodong zhongcai", "劳动仲裁"},
		{"typed pinyin with every gap", "lao dong zhong cai", "劳动仲裁"},
		{"typed pinyin without gaps", "laodongzhongcai", "劳动仲裁"},
		{"typed pinyin in capitals", "CAILI", "彩礼"},
		{"a wrong character of the same sound", "老动仲才", "劳动仲裁"},
		{"characters and pinyin mixed", "预付咔 跑lu", "预付卡 跑路"},
		{"pinyin between characters", "我要lihun了", "我要离婚了"},
		{"zh is z", "zongcai", "仲裁"},
		{"sh is s", "sangsi", "伤势"},
		{"ch is c", "caican", "拆产"},
		{"l is n", "nihun", "离婚"},
		{"ng is n", "zenzhang", "增长"},
		{"tones do not count", "买卖", "卖买"},
		{"traditional sounds as simplified", "離婚", "离婚"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := soundsOf(s, c.a), soundsOf(s, c.b)
			if !slices.Equal(a, b) {
				t.Errorf("%q sounds %v, %q sounds %v", c.a, a, c.b, b)
			}
			if slices.Contains(a, 0) && !strings.Contains(c.a, "咔 ") {
				t.Errorf("%q has no whole sound: %v", c.a, a)
			}
		})
	}
}

func TestTextsThatDoNotSoundAlike(t *testing.T) {
	s := newSounds()
	for _, c := range []struct{ name, a, b string }{
		{"other vowels", "离婚", "老婚"},
		{"h is not f", "湖", "服"},
		{"two syllables are not one", "彩礼", "彩"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a, b := soundsOf(s, c.a), soundsOf(s, c.b); slices.Equal(a, b) {
				t.Errorf("%q and %q both sound %v", c.a, c.b, a)
			}
		})
	}
}

func TestWhatBreaksTheChainOfSounds(t *testing.T) {
	s := newSounds()
	for _, c := range []struct {
		name, text string
		breaks     int
	}{
		{"a foreign word", "wechat", 1},
		{"an abbreviation", "app", 1},
		{"letters that no syllable begins with", "vip", 1},
		{"a gap between characters", "退货 运费", 1},
		{"a long number", "打12348", 5},
		{"a kana", "退货の", 1},
		{"characters alone do not", "退货运费", 0},
		{"a gap beside pinyin does not", "退货 yunfei", 0},
		{"nothing does not", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			sounds := soundsOf(s, c.text)
			zeros := 0
			for _, n := range sounds {
				if n == 0 {
					zeros++
				}
			}
			if zeros != c.breaks {
				t.Errorf("%q sounds %v with %d breaks, want %d", c.text, sounds, zeros, c.breaks)
			}
		})
	}
}

func TestSpellGoesBackWhereTheLongestLeadsNowhere(t *testing.T) {
	s := newSounds()
	// The longest beginnings of the first three are dang, lang and chang, and
	// "ui", "ua" and "u" are no syllables.
	for word, want := range map[string]string{"dangui": "dan gui", "langua": "lan gua", "changu": "chan gu", "xingan": "xing an"} {
		if got, want := s.spell(nil, word), soundsOf(s, want); !slices.Equal(got, want) || slices.Contains(got, 0) {
			t.Errorf("spell(%q) = %v, want %v", word, got, want)
		}
	}
	if got := s.spell(nil, "danganq"); !slices.Equal(got, []uint16{0}) {
		t.Errorf("spell(danganq) = %v, want one break", got)
	}
}

func TestSpellKeepsWhatStoodBefore(t *testing.T) {
	s := newSounds()
	before := make([]uint16, 2, 64) // room, so that failed cuts write behind
	before[0], before[1] = 7, 8
	if got := s.spell(before, "xianxianq"); !slices.Equal(got, []uint16{7, 8, 0}) {
		t.Errorf("spell = %v, want [7 8 0]", got)
	}
}

func TestSpellIsBoundedInLength(t *testing.T) {
	s := newSounds()
	if got := s.spell(nil, strings.Repeat("a", maxLatin)); len(got) != maxLatin || got[0] == 0 {
		t.Errorf("%d letters sound %v, want as many syllables", maxLatin, got)
	}
	if got := s.spell(nil, strings.Repeat("a", maxLatin+1)); !slices.Equal(got, []uint16{0}) {
		t.Errorf("%d letters sound %v, want one break", maxLatin+1, got)
	}
}

// TestSpellIsFastOnWordsWithManyCuts: each word has millions of beginnings
// and no end; without the memory of dead places one would take minutes.
func TestSpellIsFastOnWordsWithManyCuts(t *testing.T) {
	s := newSounds()
	for _, part := range []string{"xian", "an", "ang", "nan", "e", "guangan"} {
		word := strings.Repeat(part, maxLatin)[:maxLatin-1] + "q"
		done := make(chan []uint16, 1)
		go func() { done <- s.spell(nil, word) }()
		select {
		case got := <-done:
			if !slices.Equal(got, []uint16{0}) {
				t.Errorf("spell(%q) = %v, want one break", word, got)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("spell(%q) does not come to an end", word)
		}
	}
}

func TestEveryCommonCharacterHasASound(t *testing.T) {
	s := newSounds()
	for _, r := range "婚姻彩礼离婚抚养赡养遗嘱继承劳动仲裁工资工伤社保物业噪声漏水押金租房诈骗借条利息担保酒驾消防燃气调解援助" {
		if got := s.of([]rune{r}); len(got) != 1 || got[0] == 0 {
			t.Errorf("%c sounds %v", r, got)
		}
	}
}

// FuzzSounds looks for panics; a text never has more sounds than characters.
func FuzzSounds(f *testing.F) {
	s := newSounds()
	for _, seed := range []string{"laodong仲裁", "预付咔 跑lu", "aaaa", "wechat 微信", "", "１２３"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		runes := ranked(text)
		if got := s.of(runes); len(got) > len(runes) {
			t.Errorf("%q has %d sounds and %d characters", text, len(got), len(runes))
		}
	})
}
