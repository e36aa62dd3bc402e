package bot

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Contact is how somebody wants to be called, as they typed it for this.
type Contact struct {
	Name  string // at most 10 characters
	Phone string // digits only, of a mobile or a fixed line
}

// masked tells what was kept: the end of a number, and that there is a name. The
// reply is kept for 10 minutes, and must not hold more.
func (c Contact) masked() string {
	var parts []string
	if n := len(c.Phone); n > 0 {
		parts = append(parts, "电话（尾号"+c.Phone[n-min(4, n/2):]+"）")
	}
	if c.Name != "" {
		parts = append(parts, "称呼")
	}
	return strings.Join(parts, "和")
}

// contactForm says how far a message is a contact.
type contactForm int

const (
	noContact  contactForm = iota
	hasContact             // 电话 …, 称呼 …, or both
	badPhone               // 电话 with a number that is none
	barePhone              // a mobile number and nothing else
)

// maxContactBytes is the length past which a message is no contact.
const maxContactBytes = 200

const (
	phonePart = `(?:我的)?(?:联系)?(?:电话号码|电话|手机号码|手机号|手机)(?:是|为)?[:\s]*(\+?[0-9][0-9\- ]{4,20})`
	namePart  = `(?:称呼|姓名)(?:我|是|为)?[:\s]*([\p{Han}A-Za-z·]{1,10})`
	gapPart   = `[,;、。\s]*`
)

var (
	phoneForm  = regexp.MustCompile(phonePart)
	nameForm   = regexp.MustCompile(namePart)
	wholeForm  = regexp.MustCompile(`^\s*(?:` + phonePart + `|` + namePart + `)` + gapPart + `(?:(?:` + phonePart + `|` + namePart + `)` + gapPart + `)?$`)
	mobileForm = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
	fixedForm  = regexp.MustCompile(`^(?:0[1-9][0-9]{8,10}|[2-8][0-9]{6,7})$`)
)

// halfWidth writes digits and signs as they are typed on a small keyboard.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '：':
			return ':'
		case r == '，':
			return ','
		case r == '；':
			return ';'
		case r == '－' || r == '—' || r == '–':
			return '-'
		case r == '＋':
			return '+'
		case r == '　':
			return ' '
		}
		return r
	}, s)
}

// parseContact reads a message that is nothing but a telephone number, a name,
// or both, each with the word before it that says so.
func parseContact(text string) (Contact, contactForm) {
	if len(text) > maxContactBytes || !mayBeContact(text) || !utf8.ValidString(text) {
		return Contact{}, noContact
	}
	s := halfWidth(text)
	if mobileForm.MatchString(digitsOf(s)) && strings.Trim(s, "+0123456789- \t\n") == "" {
		return Contact{}, barePhone
	}
	if !wholeForm.MatchString(s) {
		return Contact{}, noContact
	}
	var c Contact
	if m := nameForm.FindStringSubmatch(s); m != nil {
		c.Name = m[1]
	}
	m := phoneForm.FindStringSubmatch(s)
	if m == nil {
		return c, hasContact
	}
	c.Phone = digitsOf(m[1])
	if !mobileForm.MatchString(c.Phone) && !fixedForm.MatchString(c.Phone) {
		return Contact{}, badPhone
	}
	return c, hasContact
}

// mayBeContact spares most messages the forms.
func mayBeContact(text string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " \t\n　"))
	return strings.ContainsRune("0123456789０１２３４５６７８９+＋我联电手称姓", first)
}

// spokenOf is what of a message can speak of danger: of one that is nothing
// but a telephone number and a name, the name. Digits behind 电话 and a 阿姨
// look like a cry for help to a scale that counts characters.
func spokenOf(text string) string {
	if c, form := parseContact(text); form == hasContact {
		return c.Name
	}
	return text
}

// digitsOf are the digits of a number, without the code of the country.
func digitsOf(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\t' || r == '\n' {
			return -1
		}
		return r
	}, s)
	return strings.TrimPrefix(strings.TrimPrefix(s, "+"), "86")
}
