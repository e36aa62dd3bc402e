package wechattest

import (
	"encoding/json"
	"net/url"
	"strings"
)

// Sizes of a menu.
const (
	maxButtons    = 3
	maxSubButtons = 5
	maxButtonName = 16   // bytes, in the bar
	maxSubName    = 60   // bytes, above it
	maxButtonKey  = 128  // bytes
	maxButtonURL  = 1024 // bytes
)

type button struct {
	Name string   `json:"name"`
	Type string   `json:"type,omitempty"`
	Key  string   `json:"key,omitempty"`
	URL  string   `json:"url,omitempty"`
	Sub  []button `json:"sub_button,omitempty"`
}

func (p *Platform) menuCreate(c *call) any {
	var in struct {
		Buttons []button `json:"button"`
	}
	switch {
	case !c.read(&in):
		return fail(47001, "data format error")
	case len(in.Buttons) == 0 || len(in.Buttons) > maxButtons:
		return fail(40016, "invalid button size")
	}
	for _, b := range in.Buttons {
		if o := b.check(); o.failed() {
			return o
		}
	}
	p.menu, _ = json.Marshal(map[string]any{"menu": in})
	return ok()
}

func (b button) check() outcome {
	if b.Name == "" || len(b.Name) > maxButtonName {
		return fail(40018, "invalid button name size")
	}
	if len(b.Sub) == 0 {
		return b.checkDeed()
	}
	if len(b.Sub) > maxSubButtons {
		return fail(40023, "invalid sub button size")
	}
	for _, s := range b.Sub {
		if s.Name == "" || len(s.Name) > maxSubName {
			return fail(40025, "invalid sub button name size")
		}
		if len(s.Sub) > 0 {
			return fail(40022, "invalid sub button level")
		}
		if o := s.checkDeed(); o.failed() {
			return o
		}
	}
	return ok()
}

func (b button) checkDeed() outcome {
	switch b.Type {
	case "click":
		if b.Key == "" || len(b.Key) > maxButtonKey {
			return fail(40019, "invalid button key size")
		}
	case "view":
		u, err := url.Parse(b.URL)
		if err != nil || len(b.URL) > maxButtonURL || !strings.HasPrefix(u.Scheme, "http") || u.Host == "" {
			return fail(40020, "invalid button url size")
		}
	default:
		return fail(40017, "invalid button type")
	}
	return ok()
}

func (p *Platform) menuGet(*call) any {
	if p.menu == nil {
		return fail(46003, "menu no exist")
	}
	return json.RawMessage(p.menu)
}

func (p *Platform) menuDelete(*call) any {
	p.menu = nil
	return ok()
}
