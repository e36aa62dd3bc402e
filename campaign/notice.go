package campaign

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Field is one field of a subscription notice: its name in the template
// (thing1, date2) and what it says.
type Field struct{ Name, Value string }

// NoticeFields reads the text of a Notice: one field a line, the name in the
// template, a colon (: or ：), the value of at most MaxField characters. The
// error is a Chinese sentence for staff and names every line that is wrong.
func NoticeFields(text string) ([]Field, error) {
	var list []Field
	var wrong []error
	seen := map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		name, value, ok := strings.Cut(strings.Replace(line, "：", ":", 1), ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch n := utf8.RuneCountInString(value); {
		case !ok || !fieldName(name) || value == "":
			wrong = append(wrong, fmt.Errorf("通知的「%s」这一行要写成「字段名：内容」，如「thing1：妇女权益宣传周」", strings.TrimSpace(line)))
		case n > MaxField:
			wrong = append(wrong, fmt.Errorf("通知的「%s」有%d个字，每个字段最多%d个", name, n, MaxField))
		case seen[name]:
			wrong = append(wrong, fmt.Errorf("通知的「%s」写了两次", name))
		}
		seen[name] = true
		list = append(list, Field{name, value})
	}
	if len(list) > maxFields {
		wrong = append(wrong, fmt.Errorf("通知有%d个字段，最多%d个", len(list), maxFields))
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return list, nil
}

// fieldName reports whether name is one as templates have: letters, digits.
func fieldName(name string) bool {
	return name != "" && len(name) <= 32 && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	})
}

// CheckImage returns what is wrong with a picture of a campaign, of which head
// are the first bytes.
func CheckImage(head []byte, size int64) []Problem {
	var f findings
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")), bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
	default:
		f.add(Unusable, "cover", "图片要用 JPG 或 PNG 格式")
	}
	if size > MaxImage {
		f.add(Unusable, "cover", "图片有%.1fMB，最大%dMB，请压缩后再传", float64(size)/(1<<20), MaxImage>>20)
	}
	return f
}
