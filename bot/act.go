package bot

import (
	"strings"

	"pufa/content"
)

// said makes a reply that is a command's words and keeps the dialogue.
func said(t turn, text string) Reply {
	return Reply{Outcome: Command, Text: text, Dialogue: t.Dialogue, Score: 1}
}

// confirmed settles a command that was asked back. Anything but a yes, a no or
// the command again drops it and is a message of its own.
func (e *Engine) confirmed(t turn, waiting Action) (Reply, bool) {
	if waiting == NoAction {
		return Reply{}, false
	}
	cmd, asked, _ := e.commands.plain(t.folded)
	switch {
	case cmd == cmdNo:
		return said(t, sayKept), true
	case cmd == cmdYes, cmd == commandOf[waiting] && !asked:
		return done(t, waiting), true
	default:
		return Reply{}, false
	}
}

// done says that an action is carried out, and asks the store for it.
func done(t turn, a Action) Reply {
	if a == Forget {
		t.Dialogue = Dialogue{}
	}
	r := said(t, doneSaying[a])
	r.Action = a
	return r
}

// commandOf, askSaying and doneSaying belong to the actions that are asked
// back.
var (
	commandOf  = map[Action]command{OptOut: cmdOptOut, OptIn: cmdOptIn, Forget: cmdForget}
	askSaying  = map[Action]string{OptOut: sayAskOptOut, OptIn: sayAskOptIn, Forget: sayAskForget}
	doneSaying = map[Action]string{OptOut: sayOptOut, OptIn: sayOptIn, Forget: sayForgotten}
)

// actionOf is what a command changes, if it changes anything.
func actionOf(cmd command) (Action, bool) {
	for a, c := range commandOf {
		if c == cmd {
			return a, true
		}
	}
	return NoAction, false
}

// command acts on a message that is a command. What would change something is
// asked back where it stands inside a sentence or was put as a question;
// deleting always is.
func (e *Engine) command(t turn) (Reply, bool) {
	cmd, unsure, ok := e.commands.plain(t.folded)
	if !ok {
		cmd, ok = e.commands.within(t.folded)
		unsure = true
	}
	if !ok {
		return Reply{}, false
	}
	if cmd == cmdHotlines {
		if r, ok := e.followUp(t); ok {
			return r, true // 电话, right after an answer, is that of the answer
		}
	}
	if a, changes := actionOf(cmd); changes && (unsure || a == Forget) {
		t.Dialogue.Confirm = a
		return said(t, askSaying[a]), true
	}
	return e.act(t, cmd), true
}

func (e *Engine) act(t turn, cmd command) Reply {
	switch cmd {
	case cmdHelp:
		return said(t, e.opt.Street.sayHelp())
	case cmdMenu:
		return e.commandMenu(t, "")
	case cmdGreet:
		return e.commandMenu(t, e.opt.Street.sayGreeting())
	case cmdHotlines:
		r := said(t, sayHotlines(e.lib.Hotlines()))
		r.Hotlines = numbers(e.lib.Hotlines())
		return r
	case cmdStaff:
		return said(t, e.opt.Street.sayStaff())
	case cmdPrivacy:
		return said(t, sayPrivacy(e.opt.PageURL, e.opt.GapTexts, t.Desk != nil, e.opt.Model))
	case cmdComplain:
		return said(t, e.opt.Street.sayComplain())
	case cmdOptOut:
		return done(t, OptOut)
	case cmdOptIn:
		return done(t, OptIn)
	case cmdHelpful, cmdUnhelpful:
		return e.rate(t, cmd)
	case cmdMore:
		return e.more(t)
	case cmdNoneOfThese, cmdNo:
		return e.noneOfThese(t)
	case cmdThank:
		return said(t, sayWelcomeBack)
	default: // a yes with nothing to confirm
		return said(t, sayNothingAsked(t.Dialogue))
	}
}

// commandMenu is the list of topics, asked for by a command.
func (e *Engine) commandMenu(t turn, lead string) Reply {
	r := e.menu(t, lead)
	r.Outcome, r.Score = Command, 1
	return r
}

func numbers(list []content.Hotline) []string {
	out := make([]string, len(list))
	for i, h := range list {
		out[i] = h.Number
	}
	return out
}

// hotline answers a message that is nothing but a number that can be called:
// somebody may think that typing it calls for help.
func (e *Engine) hotline(t turn) (Reply, bool) {
	number := trim(withoutGaps(t.folded), []string{"拨打", "打", "拨"}, []string{"电话", "吧"})
	h, ok := e.lib.Hotline(number)
	if !ok {
		return Reply{}, false
	}
	r := said(t, sayDial(h))
	r.Hotlines = []string{h.Number}
	return r, true
}

// rate takes 有用 and 没用 once per reply.
func (e *Engine) rate(t turn, cmd command) Reply {
	entry, ok := e.lib.Entry(t.Dialogue.Entry)
	switch {
	case !ok && cmd == cmdUnhelpful:
		return said(t, sayUnhelpful+e.opt.Street.guide(""))
	case !ok:
		return said(t, sayNothingRate)
	case t.Dialogue.Rated:
		return said(t, sayRated)
	}
	t.Dialogue.Rated = true
	r := e.about(said(t, sayThanks), entry)
	r.Rating = HelpfulYes
	if cmd == cmdUnhelpful {
		r.Text, r.Rating = sayUnhelpful+sayRatedDown+e.opt.Street.guide(""), HelpfulNo
	}
	return r
}

// about notes which entry a reply is about.
func (e *Engine) about(r Reply, entry *content.Entry) Reply {
	r.Entry, r.Topic, r.Themes, r.Sensitive = entry.ID, entry.Topic(), entry.Themes, e.sensitive(entry)
	return r
}

// more shows the next page of the last answer, of an article or of a topic's
// list.
func (e *Engine) more(t turn) Reply {
	if t.Dialogue.Menu != "" {
		return e.topicMenu(t, t.Dialogue.Menu, t.Dialogue.Page+1)
	}
	if t.Dialogue.Article != "" {
		return e.moreOfArticle(t)
	}
	entry, ok := e.lib.Entry(t.Dialogue.Entry)
	if !ok || !e.mayAnswer(t, entry) {
		return said(t, sayNothingMore)
	}
	a := e.answerOf(t, entry)
	a.picked = t.Dialogue.Picked
	text, shown := e.composer.nextPage(a, t.Dialogue.Shown)
	if text == "" {
		return said(t, sayNothingMore)
	}
	t.Dialogue.Shown = shown
	return said(t, text)
}

// noneOfThese leaves the choices just shown.
func (e *Engine) noneOfThese(t turn) Reply {
	if len(t.Dialogue.Choices) == 0 {
		return said(t, sayNothingAsked(t.Dialogue))
	}
	return Reply{
		Outcome: Referred, Text: sayNoneFits + "\n\n" + e.opt.Street.guide(""), Hotlines: referHotlines(),
		Gap: e.gapOfMenu(t.Dialogue),
	}
}

// click acts on a menu button. A key that is not known opens the menu.
func (e *Engine) click(t turn) Reply {
	kind, id, _ := strings.Cut(t.Key, ":")
	switch kind {
	case "cmd":
		if cmd, _, ok := e.commands.plain(id); ok {
			if cmd == cmdForget {
				t.Dialogue.Confirm = Forget
				return said(t, sayAskForget)
			}
			return e.act(t, cmd)
		}
	case string(TopicChoice):
		if _, ok := e.lib.Topic(id); ok {
			return e.topicMenu(t, id, 0)
		}
	case string(EntryChoice):
		if entry, ok := e.lib.Entry(id); ok {
			return e.answer(t, e.answerOf(t, entry), 1)
		}
	case string(ArticleChoice):
		if r, ok := e.openArticle(t, id); ok {
			return r
		}
	}
	return e.menu(t, "")
}
