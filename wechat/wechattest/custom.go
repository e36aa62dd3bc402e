package wechattest

import "pufa/wechat"

// receiver finds a follower for a per-follower call.
func (p *Platform) receiver(openid string) (int, outcome) {
	n, known := p.crowd.find(openid)
	if !known {
		return 0, fail(40003, "invalid openid")
	}
	return n, ok()
}

type customMessage struct {
	To   string `json:"touser"`
	Type string `json:"msgtype"`
	Text struct {
		Content string `json:"content"`
	} `json:"text"`
	News struct {
		Articles []struct {
			Title       string `json:"title"`
			Description string `json:"description"`
			URL         string `json:"url"`
			PicURL      string `json:"picurl"`
		} `json:"articles"`
	} `json:"news"`
	Article struct {
		ID string `json:"article_id"`
	} `json:"mpnewsarticle"`
	Menu struct {
		Head string `json:"head_content"`
		Tail string `json:"tail_content"`
		List []struct {
			ID      string `json:"id"`
			Content string `json:"content"`
		} `json:"list"`
	} `json:"msgmenu"`
}

func (p *Platform) customSend(c *call) any {
	var in customMessage
	if !c.read(&in) {
		return fail(47001, "data format error")
	}
	n, o := p.receiver(in.To)
	if !o.failed() {
		o = p.checkCustom(&in)
	}
	if !o.failed() {
		o = p.crowd.spend(n, c.now)
	}
	if !o.failed() {
		p.deliver(c, n)
	}
	return o
}

func (p *Platform) checkCustom(in *customMessage) outcome {
	switch in.Type {
	case "text":
		return checkText(in.Text.Content)
	case "news":
		return in.checkNews()
	case "msgmenu":
		return in.checkMenu()
	case "mpnewsarticle":
		if !p.drafts.hasArticle(in.Article.ID) {
			return fail(53600, "invalid article_id")
		}
		return ok()
	}
	return fail(40008, "invalid message type")
}

func checkText(text string) outcome {
	switch {
	case text == "":
		return fail(44004, "empty content")
	case len(text) > wechat.MaxText:
		return fail(45002, "content size out of limit")
	}
	return ok()
}

func (in *customMessage) checkNews() outcome {
	if len(in.News.Articles) != 1 {
		return fail(45008, "article size out of limit")
	}
	a := in.News.Articles[0]
	switch {
	case a.Title == "" || a.URL == "":
		return fail(40035, "invalid parameter")
	case chars(a.Title) > maxTitle:
		return fail(45003, "title size out of limit")
	case len(a.Description) > wechat.MaxText:
		return fail(45004, "description size out of limit")
	}
	return ok()
}

func (in *customMessage) checkMenu() outcome {
	size := len(in.Menu.Head) + len(in.Menu.Tail)
	for _, item := range in.Menu.List {
		if item.ID == "" || item.Content == "" {
			return fail(40035, "invalid parameter")
		}
		size += len(item.Content)
	}
	switch {
	case len(in.Menu.List) == 0:
		return fail(44004, "empty content")
	case size > wechat.MaxText:
		return fail(45002, "content size out of limit")
	}
	return ok()
}

func (p *Platform) customTyping(c *call) any {
	var in struct {
		To      string `json:"touser"`
		Command string `json:"command"`
	}
	if !c.read(&in) {
		return fail(47001, "data format error")
	}
	n, o := p.receiver(in.To)
	switch {
	case o.failed():
		return o
	case in.Command != "Typing" && in.Command != "CancelTyping":
		return fail(45080, "invalid command")
	case !p.crowd.inWindow(n, c.now):
		return outsideWindow()
	}
	return ok()
}
