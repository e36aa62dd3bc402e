package wechat

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// badInput is a call that is not made because of what it was to carry.
func badInput(path, meaning, advice string) error {
	return notMade(call{path: path}, Content, meaning, advice, ErrInput)
}

// review checks what a call is to carry, before it is made. It keeps the first
// problem. Neither text holds anything of the input.
type review struct {
	path string
	err  error
}

// that is a condition, with what to say in English and Chinese when it fails.
func (r *review) that(holds bool, meaning, advice string) {
	if !holds && r.err == nil {
		r.err = badInput(r.path, meaning, advice)
	}
}

// chars checks the number of characters of a text, both bounds included.
func (r *review) chars(field, name, text string, least, most int) {
	n := utf8.RuneCountInString(text)
	blank := least > 0 && strings.TrimSpace(text) == ""
	r.that(utf8.ValidString(text), field+" is not UTF-8", name+"里有乱码，请重新输入。")
	r.that(!blank && n >= least, fmt.Sprintf("%s has under %d characters", field, least), name+"不能空着。")
	r.that(n <= most, fmt.Sprintf("%s has over %d characters", field, most), fmt.Sprintf("%s最多%d个字，请缩短。", name, most))
}

// size checks the number of bytes of a text, from 1 to most.
func (r *review) size(field, name, text string, most int) {
	r.that(utf8.ValidString(text), field+" is not UTF-8", name+"里有乱码，请重新输入。")
	r.that(strings.TrimSpace(text) != "", field+" is empty", name+"不能空着。")
	r.that(len(text) <= most, fmt.Sprintf("%s has over %d bytes", field, most), fmt.Sprintf("%s太长：最多%d字节，约%d个汉字。", name, most, most/3))
}

// line checks that a text is one line.
func (r *review) line(field, name, text string) {
	r.that(strings.IndexFunc(text, unicode.IsControl) < 0, field+" has a line break or a control character", name+"不能换行。")
}

// word checks an id of the platform's or of ours: from 1 to most bytes, printable
// ASCII without spaces.
func (r *review) word(field, name, text string, most int) {
	r.that(text != "", field+" is empty", name+"不能空着。")
	r.that(len(text) <= most, fmt.Sprintf("%s has over %d bytes", field, most), fmt.Sprintf("%s太长：最多%d字节。", name, most))
	odd := func(c rune) bool { return c <= ' ' || c > '~' }
	r.that(strings.IndexFunc(text, odd) < 0, field+" has other characters than printable ASCII", name+"只能用字母、数字和符号。")
}

func (r *review) openID(id string) { r.word("openid", "居民的微信标识", id, 128) }

// link checks an address; an empty one passes unless it is required.
func (r *review) link(field, name, address string, required bool) {
	if address == "" && !required {
		return
	}
	r.word(field, name, address, 1024)
	r.that(strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://"),
		field+" is no http address", name+"要以 https:// 开头。")
}
