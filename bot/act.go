package bot

import (
	"strings"

	"pufa/content"
)

// said makes a reply that is a command's words and keeps the dialogue.
func said(t turn, text string) Reply {
	return Reply{Outcome: Command, Text: text, Dialogue: t.Dialogue, Score: 1}
}

// confirmed settles a command that was asked back.
func (e *Engine) confirmed(t turn) (Reply, bool) {
	waiting := t.Dialogue.Confirm
	if waiting == NoAction {
		return Reply{}, false
	}
	t.Dialogue.Confirm = NoAction
	cmd, _ := e.commands.plain(t.folded)
	again := commandOf[waiting]
	switch {
	case cmd == cmdYes || cmd == again:
		r := said(t, doneSaying[waiting])
		r.Action = waiting
		if waiting == Forget {
			r.Dialogue = Dialogue{}
		}
		return r, true
	case cmd == cmdNo:
		return said(t, sayKept), true
	default:
		return Reply{}, false // something else was asked: the command is dropped
	}
}

// commandOf and doneSaying belong to the actions that are asked back.
var (
	commandOf  = map[Action]command{OptOut: cmdOptOut, OptIn: cmdOptIn, Forget: cmdForget}
	doneSaying = map[Action]string{OptOut: sayOptOut, OptIn: sayOptIn, Forget: sayForgotten}
)

// command acts on a message that is a command, or asks back where one stands
// inside a sentence.
func (e *Engine) command(t turn) (Reply, bool) {
	t.Dialogue.Confirm = NoAction
	if cmd, ok := e.commands.plain(t.folded); ok {
		return e.act(t, cmd)
	}
	if cmd, ok := e.commands.within(t.folded); ok {
		switch cmd {
		case cmdOptOut:
			return askBack(t, OptOut, sayAskOptOut), true
		case cmdOptIn:
			return askBack(t, OptIn, sayAskOptIn), true
		default:
			return e.act(t, cmd)
		}
	}
	return Reply{}, false
}

func askBack(t turn, a Action, text string) Reply {
	t.Dialogue.Confirm = a
	return said(t, text)
}

func (e *Engine) act(t turn, cmd command) (Reply, bool) {
	switch cmd {
	case cmdHelp:
		return said(t, e.opt.Street.sayHelp()), true
	case cmdMenu:
		r := e.menu(t, "")
		r.Outcome = Command
		return r, true
	case cmdHotlines:
		r := said(t, sayHotlines(e.lib.Hotlines()))
		r.Hotlines = numbers(e.lib.Hotlines())
		return r, true
	case cmdStaff:
		return said(t, e.opt.Street.sayStaff()), true
	case cmdPrivacy:
		return said(t, sayPrivacy), true
	case cmdComplain:
		return said(t, e.opt.Street.sayComplain()), true
	case cmdOptOut, cmdOptIn:
		return e.subscription(t, cmd), true
	case cmdForget:
		return askBack(t, Forget, sayAskForget), true
	case cmdHelpful, cmdUnhelpful:
		return e.rate(t, cmd), true
	case cmdMore:
		return e.more(t), true
	case cmdNoneOfThese:
		return e.noneOfThese(t)
	default: // a yes or no with nothing to confirm
		return said(t, sayConfirmLost), true
	}
}

func numbers(list []content.Hotline) []string {
	out := make([]string, len(list))
	for i, h := range list {
		out[i] = h.Number
	}
	return out
}

func (e *Engine) subscription(t turn, cmd command) Reply {
	r := said(t, sayOptIn)
	r.Action = OptIn
	if cmd == cmdOptOut {
		r.Text, r.Action = sayOptOut, OptOut
	}
	return r
}

// rate takes 有用 and 没用 once per reply.
func (e *Engine) rate(t turn, cmd command) Reply {
	entry, ok := e.lib.Entry(t.Dialogue.Entry)
	switch {
	case !ok && cmd == cmdUnhelpful:
		r := e.menu(t, sayUnhelpful)
		return r
	case !ok:
		return said(t, sayNothingRate)
	case t.Dialogue.Rated:
		return said(t, sayRated)
	}
	t.Dialogue.Rated = true
	r := said(t, sayThanks)
	r.Rating = HelpfulYes
	if cmd == cmdUnhelpful {
		r.Text, r.Rating = sayUnhelpful, HelpfulNo
	}
	r.Entry, r.Topic, r.Themes, r.Sensitive = entry.ID, entry.Topic(), entry.Themes, e.sensitive(entry)
	return r
}

// more shows the next page of the last answer or of a topic's list.
func (e *Engine) more(t turn) Reply {
	if t.Dialogue.Menu != "" {
		return e.topicMenu(t, t.Dialogue.Menu, t.Dialogue.Page+1)
	}
	entry, ok := e.lib.Entry(t.Dialogue.Entry)
	if !ok || t.Dialogue.Page > 0 {
		return said(t, sayNothingMore)
	}
	rest := e.composer.restText(e.answerOf(t, entry))
	if rest == "" {
		return said(t, sayNothingMore)
	}
	t.Dialogue.Page = 1
	return said(t, entry.Title+"（续）\n"+rest)
}

// noneOfThese leaves the menu just shown; 没有 without a menu is no command.
func (e *Engine) noneOfThese(t turn) (Reply, bool) {
	if len(t.Dialogue.Choices) == 0 {
		return Reply{}, false
	}
	return Reply{Outcome: Referred, Text: e.opt.Street.sayReferred()}, true
}

// click acts on a menu button.
func (e *Engine) click(t turn) Reply {
	kind, id, _ := strings.Cut(t.Key, ":")
	switch kind {
	case "cmd":
		if cmd, ok := e.commands.plain(id); ok {
			if r, ok := e.act(t, cmd); ok {
				return r
			}
		}
	case string(TopicChoice):
		if _, ok := e.lib.Topic(id); ok {
			return e.topicMenu(t, id, 0)
		}
	case string(EntryChoice):
		if entry, ok := e.lib.Entry(id); ok {
			return e.answer(t, entry, 1)
		}
	}
	return e.menu(t, "")
}
