package bot

import (
	"strings"
	"testing"
)

func TestShippedScale(t *testing.T) {
	s, err := parseScale(crisisWeights)
	if err != nil {
		t.Fatalf("parse the shipped weights: %v", err)
	}
	if len(s.weights) < 5000 || s.bias.danger >= 0 {
		t.Errorf("%d weights and a bias of %.2f, want thousands and less than nothing", len(s.weights), s.bias.danger)
	}
}

// None of these meets a rule: only the scale can tell them.
func TestScaleTellsWhatNoRuleForesaw(t *testing.T) {
	g := newGuard(crisisTable(t))
	if g.scale == nil {
		t.Fatal("the shipped table has no cards for the scale")
	}
	for name, c := range map[string]struct{ text, card string }{
		"danger of an unknown kind":              {"我从家里光脚跑出来，他在找我，我不敢出声", unknownCard},
		"the writer's own death":                 {"没有人会记得我，走了也好，爸妈对不起", selfCard},
		"a question of prices":                   {"超市的鸡蛋多收了我三块钱，怎么办", ""},
		"a death long past":                      {"爷爷去世以后房子该归谁", ""},
		"one character":                          {"他", ""},
		"letters alone":                          {"how to get a work permit", ""},
		"nothing to weigh":                       {"12345!?", ""},
		"a story longer than any line it learnt": {strings.Repeat("去年老板欠我三个月工资，仲裁已经赢了，", 20), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if rule := g.rule(c.text); rule >= 0 {
				t.Fatalf("rule %d tells %q", rule, c.text)
			}
			if card, _ := g.card(c.text); card.ID != c.card {
				t.Errorf("card(%.40q) = %q, want %q (sums %+v)", c.text, card.ID, c.card, g.scale.weigh(g.runes(c.text)))
			}
		})
	}
}

func TestScaleAddsUp(t *testing.T) {
	s, err := parseScale("# remark\n* -100 -200\n甲 800 0\n甲乙 400 1600\n丙 -1600 0\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, card string }{
		"nothing known":                      {"丁", ""},
		"one weight":                         {"甲", unknownCard},
		"a pair adds to its character":       {"甲乙", selfCard},
		"a pair with a letter between":       {"甲a乙", unknownCard},
		"a weight against":                   {"甲丙", ""},
		"one weight in a long message":       {"甲" + strings.Repeat("丁", 30), ""},
		"the same weight again and again":    {strings.Repeat("甲", 30), unknownCard},
		"letters and digits weigh nothing":   {"abc123", ""},
		"nothing":                            {"", ""},
		"the pair in the other order":        {"乙甲", unknownCard},
		"a character beyond the basic plane": {"𠮷甲", unknownCard},
	} {
		t.Run(name, func(t *testing.T) {
			if got := s.card([]rune(c.text), false); got != c.card {
				t.Errorf("card(%q) = %q, want %q (sums %+v)", c.text, got, c.card, s.weigh([]rune(c.text)))
			}
		})
	}
}

func TestScaleMustBeSurerBesideACalmingWord(t *testing.T) {
	s, err := parseScale("* 0 0\n甲 300 0\n乙 600 0\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		calm bool
		card string
	}{
		"a little danger":                       {"甲", false, unknownCard},
		"a little danger beside a calming word": {"甲", true, ""},
		"much danger beside a calming word":     {"乙", true, unknownCard},
	} {
		t.Run(name, func(t *testing.T) {
			if got := s.card([]rune(c.text), c.calm); got != c.card {
				t.Errorf("card(%q, %v) = %q, want %q", c.text, c.calm, got, c.card)
			}
		})
	}
}

func TestWeightsThatCannotBeRead(t *testing.T) {
	for name, text := range map[string]string{
		"a number missing":      "甲 1",
		"a number too many":     "甲 1 2 3",
		"no number for danger":  "甲 x 2",
		"no number for oneself": "甲 1 y",
		"an empty line":         "甲 1 2\n\n乙 1 2",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parseScale(text); err == nil {
				t.Errorf("parseScale(%q) fails at nothing", text)
			}
		})
	}
}

// A table without the cards that the scale gives is one of rules alone.
func TestTableWithoutTheCardsOfTheScale(t *testing.T) {
	table := crisisTable(t)
	table.Cards = table.Cards[1:]
	if g := newGuard(table); g.scale != nil {
		t.Errorf("the scale is there without the card %s", unknownCard)
	}
}
