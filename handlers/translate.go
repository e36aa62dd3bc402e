package handlers

import (
	"strings"

	"pufa/bot"
	"pufa/wechat"
)

// messageOf says in the bot's words what came; wanted is false for what gets
// no answer and is not counted.
func messageOf(m *wechat.Message) (msg bot.Message, wanted bool) {
	switch m.Type {
	case wechat.TypeText:
		return textOf(m), true
	case wechat.TypeVoice:
		return bot.Message{Kind: bot.Voice, Text: m.Recognition}, true
	case wechat.TypeImage, wechat.TypeVideo, wechat.TypeShortVideo, wechat.TypeLocation, wechat.TypeLink:
		return bot.Message{Kind: bot.Media}, true
	case wechat.TypeEvent:
		return eventOf(m)
	}
	return bot.Message{Kind: bot.Silent}, false
}

// textOf reads a text, which may be the tap on a line of a menu message: then
// its id is like that of a menu button. An id of any other form counts as the
// text that the resident saw and tapped.
func textOf(m *wechat.Message) bot.Message {
	if isButton(m.MenuID) {
		return bot.Message{Kind: bot.Click, Text: m.Content, Key: m.MenuID}
	}
	return bot.Message{Kind: bot.Text, Text: m.Content}
}

func isButton(key string) bool {
	kind, _, ok := strings.Cut(key, ":")
	return ok && (kind == "cmd" || kind == "topic" || kind == "entry" || kind == "campaign")
}

func eventOf(m *wechat.Message) (msg bot.Message, wanted bool) {
	switch m.Event {
	case wechat.EventClick:
		return bot.Message{Kind: bot.Click, Key: m.EventKey}, true
	case wechat.EventSubscribe:
		return bot.Message{Kind: bot.Subscribe, Key: m.Scene()}, true
	case wechat.EventUnsubscribe:
		return bot.Message{Kind: bot.Unsubscribe}, true
	case wechat.EventScan:
		return bot.Message{Kind: bot.Scan, Key: m.Scene()}, true
	}
	return bot.Message{Kind: bot.Silent}, false
}
