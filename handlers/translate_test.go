package handlers

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"pufa/bot"
	"pufa/wechat"
)

func TestMessageOf(t *testing.T) {
	event := func(name, key string) wechat.Message {
		return wechat.Message{Type: wechat.TypeEvent, Event: name, EventKey: key}
	}
	cases := []struct {
		name   string
		in     wechat.Message
		want   bot.Message
		wanted bool
	}{
		{"a text", wechat.Message{Type: "text", Content: "能退吗"}, bot.Message{Kind: bot.Text, Text: "能退吗"}, true},
		{"a tap in a menu message", wechat.Message{Type: "text", Content: "七天退货", MenuID: "entry:consumer/returns"}, bot.Message{Kind: bot.Click, Text: "七天退货", Key: "entry:consumer/returns"}, true},
		{"a tap with an id of another make is its text", wechat.Message{Type: "text", Content: "满意", MenuID: "101"}, bot.Message{Kind: bot.Text, Text: "满意"}, true},
		{"a voice that was understood", wechat.Message{Type: "voice", Recognition: "能退吗。"}, bot.Message{Kind: bot.Voice, Text: "能退吗。"}, true},
		{"a voice that was not", wechat.Message{Type: "voice"}, bot.Message{Kind: bot.Voice}, true},
		{"an image", wechat.Message{Type: "image"}, bot.Message{Kind: bot.Media}, true},
		{"a short video", wechat.Message{Type: "shortvideo"}, bot.Message{Kind: bot.Media}, true},
		{"a place", wechat.Message{Type: "location"}, bot.Message{Kind: bot.Media}, true},
		{"a link", wechat.Message{Type: "link"}, bot.Message{Kind: bot.Media}, true},
		{"a menu button", event("CLICK", "topic:women"), bot.Message{Kind: bot.Click, Key: "topic:women"}, true},
		{"a poster's code", event("SCAN", "banner-38"), bot.Message{Kind: bot.Scan, Key: "banner-38"}, true},
		{"following by a poster's code", event("subscribe", "qrscene_banner-38"), bot.Message{Kind: bot.Subscribe, Key: "banner-38"}, true},
		{"following by search", event("subscribe", ""), bot.Message{Kind: bot.Subscribe}, true},
		{"leaving", event("unsubscribe", ""), bot.Message{Kind: bot.Unsubscribe}, true},
		{"the result of a mass message", event("MASSSENDJOBFINISH", ""), bot.Message{Kind: bot.Silent}, false},
		{"a place told by the telephone", event("LOCATION", ""), bot.Message{Kind: bot.Silent}, false},
		{"a type of tomorrow", wechat.Message{Type: "hologram"}, bot.Message{Kind: bot.Silent}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, wanted := messageOf(&c.in)
			if diff := cmp.Diff(c.want, got); diff != "" || wanted != c.wanted {
				t.Errorf("wanted %v, message (-want +got):\n%s", wanted, diff)
			}
		})
	}
}
