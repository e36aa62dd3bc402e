package wechattest

import (
	"encoding/base64"

	"pufa/wechat"
)

const (
	maxScene     = 64        // characters
	maxCodeLife  = 2_592_000 // seconds
	codeLife     = 30        // seconds, unless said otherwise
	maxPermanent = 100_000
)

func (p *Platform) codeCreate(c *call) any {
	var in struct {
		Life   *int64 `json:"expire_seconds"`
		Action string `json:"action_name"`
		Info   struct {
			Scene struct {
				Text string `json:"scene_str"`
			} `json:"scene"`
		} `json:"action_info"`
	}
	if !c.read(&in) {
		return fail(47001, "data format error")
	}
	scene, life := in.Info.Scene.Text, int64(codeLife)
	if in.Life != nil {
		life = *in.Life
	}
	switch {
	case scene == "" || chars(scene) > maxScene:
		return fail(40053, "invalid action info")
	case in.Action == "QR_STR_SCENE" && (life < 1 || life > maxCodeLife):
		return fail(40035, "invalid parameter: expire_seconds")
	case in.Action == "QR_LIMIT_STR_SCENE" && p.codes >= maxPermanent:
		return fail(45029, "qrcode count out of limit")
	case in.Action == "QR_LIMIT_STR_SCENE":
		p.codes++
		life = 0
	case in.Action != "QR_STR_SCENE":
		return fail(40052, "invalid action name")
	}
	ticket := ticketOf(scene).Value
	return struct {
		Ticket string `json:"ticket"`
		Life   int64  `json:"expire_seconds,omitempty"`
		URL    string `json:"url"`
	}{ticket, life, "http://weixin.qq.com/q/" + ticket}
}

// ticketOf is the ticket of a scene's code, the same whenever it is scanned.
func ticketOf(scene string) wechat.Element {
	return wechat.Element{Name: "Ticket", Value: "gQ" + base64.RawURLEncoding.EncodeToString([]byte(scene))}
}
