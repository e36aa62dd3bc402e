package wechat

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// clean replaces what XML 1.0 does not allow, bytes that are no UTF-8 among
// it, by U+FFFD. Residents' phones do send control characters, and one of them
// must not lose the message.
func clean(s string) string {
	if legal(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if !legalRune(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}

// legal is a fast pass: U+FFFE and U+FFFF are EF BF BE and EF BF BF, and
// surrogates are no valid UTF-8.
func legal(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
		if c == 0xEF && i+2 < len(s) && s[i+1] == 0xBF && s[i+2] >= 0xBE {
			return false
		}
	}
	return utf8.ValidString(s)
}

func legalRune(r rune) bool {
	return r >= 0x20 && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// newlines turns \r\n and \r into \n, as every XML reader does.
func newlines(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// unescape resolves references; false means an unknown or unfinished one.
func unescape(s string) (string, bool) {
	at := strings.IndexByte(s, '&')
	if at < 0 {
		return s, true
	}
	var b strings.Builder
	b.Grow(len(s))
	for at >= 0 {
		b.WriteString(s[:at])
		end := strings.IndexByte(s[at:], ';')
		if end < 0 {
			return "", false
		}
		r, ok := reference(s[at+1 : at+end])
		if !ok {
			return "", false
		}
		b.WriteRune(r)
		s = s[at+end+1:]
		at = strings.IndexByte(s, '&')
	}
	b.WriteString(s)
	return b.String(), true
}

func reference(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	number, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(number, "x"); ok {
		number, base = hex, 16
	}
	n, err := strconv.ParseUint(number, base, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, false
	}
	if !legalRune(rune(n)) {
		return utf8.RuneError, true
	}
	return rune(n), true
}

// appendElement appends <name><![CDATA[value]]></name>.
func appendElement(dst []byte, name, value string) []byte {
	dst = append(append(append(dst, '<'), name...), '>')
	dst = appendCDATA(dst, value)
	return append(append(append(dst, "</"...), name...), '>')
}

// appendNumber appends <name>n</name>.
func appendNumber(dst []byte, name string, n int64) []byte {
	dst = append(append(append(dst, '<'), name...), '>')
	dst = strconv.AppendInt(dst, n, 10)
	return append(append(append(dst, "</"...), name...), '>')
}

// appendCDATA writes value so that no ]]> inside it ends the section: the mark
// is cut between two sections.
func appendCDATA(dst []byte, value string) []byte {
	dst = append(dst, "<![CDATA["...)
	for {
		at := strings.Index(value, "]]>")
		if at < 0 {
			break
		}
		dst = append(dst, value[:at+2]...)
		dst = append(dst, "]]><![CDATA["...)
		value = value[at+2:]
	}
	dst = append(dst, value...)
	return append(dst, "]]>"...)
}
