package wechat

import (
	"context"
	"errors"
)

// Limits of the account's menu. The platform cuts longer names when it shows
// them.
const (
	maxButtons    = 3
	maxSubButtons = 5
	maxButtonName = 16  // bytes, of a button at the bottom
	maxSubName    = 60  // bytes, of one above it
	maxButtonKey  = 128 // bytes
)

// MenuButton is a button of the account's menu: one that sends Key as a CLICK
// event, one that opens URL, or one that shows Sub.
type MenuButton struct {
	Name string
	Key  string
	URL  string
	Sub  []MenuButton // 1 to 5
}

// menuButton is the platform's form of it.
type menuButton struct {
	Name string       `json:"name"`
	Type string       `json:"type,omitempty"`
	Key  string       `json:"key,omitempty"`
	URL  string       `json:"url,omitempty"`
	Sub  []menuButton `json:"sub_button,omitempty"`
}

func (b MenuButton) check(r *review, sub bool) {
	most := maxButtonName
	if sub {
		most = maxSubName
	}
	r.size("button's name", "菜单按钮的名称", b.Name, most)
	r.line("button's name", "菜单按钮的名称", b.Name)
	deeds := 0
	if b.Key != "" {
		deeds++
		r.size("button's key", "菜单按钮的动作", b.Key, maxButtonKey)
		r.line("button's key", "菜单按钮的动作", b.Key)
	}
	if b.URL != "" {
		deeds++
		r.link("button's address", "菜单按钮的链接", b.URL, true)
	}
	if len(b.Sub) > 0 {
		deeds++
		r.that(!sub, "menu has three levels", "菜单最多两级。")
		r.that(len(b.Sub) <= maxSubButtons, "button has over 5 buttons", "每个菜单下最多5个按钮。")
	}
	r.that(deeds == 1, "button has not exactly one of key, address and buttons", "每个按钮只能选一种：回复、打开链接，或展开下一级。")
	if sub || r.err != nil {
		return
	}
	for _, s := range b.Sub {
		s.check(r, true)
	}
}

func (b MenuButton) wire() menuButton {
	w := menuButton{Name: b.Name, Key: b.Key, URL: b.URL}
	switch {
	case b.Key != "":
		w.Type = "click"
	case b.URL != "":
		w.Type = "view"
	}
	for _, s := range b.Sub {
		w.Sub = append(w.Sub, s.wire())
	}
	return w
}

func (w menuButton) button() MenuButton {
	b := MenuButton{Name: w.Name, Key: w.Key, URL: w.URL}
	for _, s := range w.Sub {
		b.Sub = append(b.Sub, s.button())
	}
	return b
}

// CreateMenu puts a menu of 1 to 3 buttons in the place of the account's menu.
// Followers see it within a day.
func (c *Client) CreateMenu(ctx context.Context, buttons []MenuButton) error {
	r := review{path: "/cgi-bin/menu/create"}
	r.that(len(buttons) >= 1 && len(buttons) <= maxButtons, "menu has not 1 to 3 buttons", "菜单要有1到3个按钮。")
	list := make([]menuButton, len(buttons))
	for i, b := range buttons {
		b.check(&r, false)
		list[i] = b.wire()
	}
	if r.err != nil {
		return r.err
	}
	return c.do(ctx, call{path: r.path, in: map[string]any{"button": list}, coded: true})
}

// Menu returns the account's menu; none when it has none.
func (c *Client) Menu(ctx context.Context) ([]MenuButton, error) {
	const noMenu = 46003
	var out struct {
		Menu struct {
			Buttons []menuButton `json:"button"`
		} `json:"menu"`
	}
	err := c.do(ctx, call{path: "/cgi-bin/menu/get", out: &out, reads: true})
	var refused *APIError
	if errors.As(err, &refused) && refused.Code == noMenu {
		return nil, nil
	}
	var list []MenuButton
	for _, b := range out.Menu.Buttons {
		list = append(list, b.button())
	}
	return list, err
}

// DeleteMenu takes the account's menu away.
func (c *Client) DeleteMenu(ctx context.Context) error {
	return c.do(ctx, call{path: "/cgi-bin/menu/delete", coded: true})
}
