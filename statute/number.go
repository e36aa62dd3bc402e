package statute

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// Bounds of an article's number: the longest code has 1,260 articles, and at
// most a score were ever inserted behind one article.
const (
	maxArticle  = 9999
	maxInserted = 99
	numeral     = `[0-9]+|[〇零一二两三四五六七八九十百千]+`
)

var articlePattern = regexp.MustCompile(
	`^(?:第\s*)?(` + numeral + `)\s*条?(?:\s*(?:之|-)\s*(` + numeral + `))?$`)

// ParseArticle reads an article's number as people write it (第287条之二,
// 第二百八十七条之二, 287之2, 287-2, 25, full-width digits) and returns the
// canonical form: "25", or "287-2" for the second article inserted behind 287.
// Paragraphs and items (款, 项) are not part of an article's number.
func ParseArticle(s string) (string, error) {
	m := articlePattern.FindStringSubmatch(foldWidth(s))
	if m == nil {
		return "", fmt.Errorf("read article %q: want a number such as 第二十五条, 25 or 287-2", clip(s))
	}
	n, err := joinNumber(m[1], m[2])
	if err != nil {
		return "", fmt.Errorf("read article %q: %w", clip(s), err)
	}
	return n, nil
}

// FormatArticle writes a canonical number as the texts do: "287-2" becomes
// 第二百八十七条之二. A string that is no article number comes back unchanged.
func FormatArticle(number string) string {
	canonical, err := ParseArticle(number)
	if err != nil {
		return number
	}
	base, inserted := splitNumber(canonical)
	out := "第" + formatNumeral(base) + "条"
	if inserted > 0 {
		out += "之" + formatNumeral(inserted)
	}
	return out
}

func joinNumber(base, inserted string) (string, error) {
	n, err := parseNumeral(base, maxArticle)
	if err != nil {
		return "", err
	}
	if inserted == "" {
		return strconv.Itoa(n), nil
	}
	k, err := parseNumeral(inserted, maxInserted)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d-%d", n, k), nil
}

// splitNumber takes a canonical number apart; inserted is 0 for a plain one.
func splitNumber(canonical string) (base, inserted int) {
	head, tail, _ := strings.Cut(canonical, "-")
	base, _ = strconv.Atoi(head)
	inserted, _ = strconv.Atoi(tail)
	return base, inserted
}

// parseNumeral reads Arabic digits, a Chinese numeral (一千零七十九) or Chinese
// digits read one by one (一〇七九) between 1 and limit.
func parseNumeral(s string, limit int) (int, error) {
	n, ok := 0, false
	switch {
	case s[0] >= '0' && s[0] <= '9':
		v, err := strconv.Atoi(s)
		n, ok = v, err == nil
	case strings.ContainsAny(s, "十百千"):
		n, ok = placeValue(s)
	default:
		n, ok = digitByDigit(s)
	}
	if !ok || n < 1 || n > limit {
		return 0, fmt.Errorf("%q is not a number from 1 to %d", clip(s), limit)
	}
	return n, nil
}

var digits = strings.NewReplacer("〇", "零", "两", "二")

func digitValue(r rune) int {
	for i, d := range []rune("零一二三四五六七八九") {
		if d == r {
			return i
		}
	}
	return -1
}

func unitValue(r rune) int {
	return map[rune]int{'十': 10, '百': 100, '千': 1000}[r]
}

// placeValue accepts only what formatNumeral would write (and 一十五 for 十五),
// so that slips of the pen such as 二百百 are not read as some number.
func placeValue(s string) (int, bool) {
	s = digits.Replace(s)
	total, digit := 0, 0
	for _, r := range s {
		if u := unitValue(r); u > 0 {
			total += max(digit, 1) * u
			digit = 0
			continue
		}
		digit = digitValue(r)
	}
	total += digit
	written := formatNumeral(total)
	return total, s == written || s == "一"+written && total < 20
}

func digitByDigit(s string) (int, bool) {
	n := 0
	for _, r := range digits.Replace(s) {
		d := digitValue(r)
		if d < 0 || n > maxArticle {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// formatNumeral writes n, from 1 to 9999, as laws do: 十五, 一百零五, 一千一百一十.
func formatNumeral(n int) string {
	if n < 1 || n > maxArticle {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	names := []rune("零一二三四五六七八九")
	gap := false
	for _, unit := range []struct {
		value int
		name  string
	}{{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
		d := n / unit.value % 10
		if d == 0 {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteRune('零')
			gap = false
		}
		if d != 1 || unit.value != 10 || b.Len() > 0 {
			b.WriteRune(names[d])
		}
		b.WriteString(unit.name)
	}
	return b.String()
}

// foldWidth turns full-width letters, digits and signs into plain ones and
// trims white space, the ideographic space included.
func foldWidth(s string) string {
	return strings.TrimSpace(width.Fold.String(s))
}

// clip keeps error messages short whatever was typed.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
