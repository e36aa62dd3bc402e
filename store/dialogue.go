package store

import (
	"strconv"
	"strings"

	"pufa/bot"
)

// A dialogue is kept as eleven fields divided by \x1f, the choices by \x1e:
// ids, slugs and names of laws hold neither. It is written and read with every
// message, which made JSON too slow.
const (
	fieldSign  = "\x1f"
	choiceSign = "\x1e"
	fields     = 11
)

func writeDialogue(d bot.Dialogue) string {
	return strings.Join([]string{
		d.Entry, strings.Join(d.Choices, choiceSign), d.Menu, d.Article,
		strconv.Itoa(d.Page), strconv.Itoa(d.Shown), string(d.Confirm), flag(d.Rated), flag(d.Asked),
		strconv.FormatUint(uint64(d.Picked), 10), d.Ticket,
	}, fieldSign)
}

// readDialogue reads what writeDialogue wrote. Anything else is no dialogue:
// the resident begins anew, as after 10 minutes.
func readDialogue(said string) bot.Dialogue {
	f := strings.Split(said, fieldSign)
	if len(f) != fields {
		return bot.Dialogue{}
	}
	d := bot.Dialogue{Entry: f[0], Menu: f[2], Article: f[3], Rated: f[7] == flag(true), Asked: f[8] == flag(true)}
	if f[1] != "" {
		d.Choices = strings.Split(f[1], choiceSign)
	}
	page, errPage := strconv.Atoi(f[4])
	shown, errShown := strconv.Atoi(f[5])
	picked, errPicked := strconv.ParseUint(f[9], 10, 32)
	if errPage != nil || errShown != nil || errPicked != nil || page < 0 || shown < 0 {
		return bot.Dialogue{}
	}
	d.Page, d.Shown, d.Confirm, d.Picked, d.Ticket = page, shown, bot.Action(f[6]), uint32(picked), f[10]
	return d
}
