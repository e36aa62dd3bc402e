package wechattest

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Sizes of a draft. Title and digest were not seen on an official page.
const (
	maxArticles     = 8
	maxTitle        = 64      // characters
	maxAuthor       = 16      // characters
	maxDigest       = 120     // characters
	maxContent      = 20_000  // characters, itself excluded
	maxContentBytes = 1 << 20 // bytes, itself excluded
)

// Article is one piece of a draft, a mass message or a page.
type Article struct {
	Type        string `json:"article_type"`
	Title       string `json:"title"`
	Author      string `json:"author"`
	Digest      string `json:"digest"`
	Content     string `json:"content"`
	SourceURL   string `json:"content_source_url"`
	Thumb       string `json:"thumb_media_id"`
	OpenComment int    `json:"need_open_comment"`
	OnlyFans    int    `json:"only_fans_can_comment"`
}

// draftBook holds drafts, pictures and pages.
type draftBook struct {
	drafts    map[string][]Article
	images    map[string]bool // addresses given by uploadimg
	materials map[string]bool // media ids given by add_material
	pages     []*Page
	ends      []string // publish_status of the next pages
}

func (p *Platform) draftAdd(c *call) any {
	var in struct {
		Articles []Article `json:"articles"`
	}
	switch {
	case !c.read(&in):
		return fail(47001, "data format error")
	case len(in.Articles) == 0:
		return fail(44003, "empty news data")
	case len(in.Articles) > maxArticles:
		return fail(45008, "article size out of limit")
	}
	for i := range in.Articles {
		if o := p.checkArticle(&in.Articles[i]); o.failed() {
			return o
		}
	}
	id := "draft-" + strconv.FormatInt(p.next(), 10)
	if p.drafts.drafts == nil {
		p.drafts.drafts = map[string][]Article{}
	}
	p.drafts.drafts[id] = in.Articles
	return struct {
		outcome
		ID string `json:"media_id"`
	}{ok(), id}
}

// checkArticle refuses, too, what the platform would silently take out:
// scripts, and pictures from elsewhere.
func (p *Platform) checkArticle(a *Article) outcome {
	switch {
	case a.Type != "" && a.Type != "news":
		return fail(40008, "invalid message type")
	case a.Title == "" || chars(a.Title) > maxTitle:
		return fail(45003, "title size out of limit")
	case chars(a.Author) > maxAuthor:
		return fail(45110, "author size out of limit")
	case chars(a.Digest) > maxDigest:
		return fail(45004, "description size out of limit")
	case strings.TrimSpace(a.Content) == "":
		return fail(44004, "empty content")
	case utf8.RuneCountInString(a.Content) >= maxContent || len(a.Content) >= maxContentBytes:
		return fail(45002, "content size out of limit")
	case !p.drafts.materials[a.Thumb]:
		return fail(40007, "invalid media_id")
	case len(a.SourceURL) > 1024:
		return fail(45005, "url size out of limit")
	case !p.isClean(a.Content):
		return fail(45166, "invalid content")
	}
	return ok()
}

func (p *Platform) isClean(content string) bool {
	low := strings.ToLower(content)
	if strings.Contains(low, "<script") || strings.Contains(low, "javascript:") {
		return false
	}
	for {
		_, rest, found := strings.Cut(low, "<img")
		if !found {
			return true
		}
		tag, after, _ := strings.Cut(rest, ">")
		if !p.drafts.images[sourceOf(tag)] {
			return false
		}
		low = after
	}
}

// sourceOf returns the address of a picture.
func sourceOf(tag string) string {
	_, value, found := strings.Cut(tag, "src=")
	if !found || value == "" {
		return ""
	}
	if quote := value[:1]; quote == `"` || quote == "'" {
		value, _, _ = strings.Cut(value[1:], quote)
		return value
	}
	value, _, _ = strings.Cut(value, " ")
	return value
}

func (p *Platform) draftUpdate(c *call) any {
	var in struct {
		ID      string   `json:"media_id"`
		Index   *int     `json:"index"`
		Article *Article `json:"articles"`
	}
	if !c.read(&in) {
		return fail(47001, "data format error")
	}
	draft, known := p.drafts.drafts[in.ID]
	switch {
	case !known:
		return fail(40007, "invalid media_id")
	case in.Index == nil || *in.Index < 0 || *in.Index >= len(draft):
		return fail(40114, "invalid index value")
	case in.Article == nil:
		return fail(44003, "empty news data")
	}
	if o := p.checkArticle(in.Article); o.failed() {
		return o
	}
	draft[*in.Index] = *in.Article
	return ok()
}

func (p *Platform) draftGet(c *call) any {
	draft, o := p.draftOf(c)
	if o.failed() {
		return o
	}
	return struct {
		Articles []Article `json:"news_item"`
	}{draft}
}

func (p *Platform) draftDelete(c *call) any {
	var in mediaID
	if _, o := p.draftOf(c); o.failed() {
		return o
	}
	c.read(&in)
	delete(p.drafts.drafts, in.ID)
	return ok()
}

type mediaID struct {
	ID string `json:"media_id"`
}

// draftOf finds the draft that a call names.
func (p *Platform) draftOf(c *call) ([]Article, outcome) {
	var in mediaID
	if !c.read(&in) {
		return nil, fail(47001, "data format error")
	}
	draft, known := p.drafts.drafts[in.ID]
	if !known {
		return nil, fail(40007, "invalid media_id")
	}
	return draft, ok()
}

// Drafts returns how many drafts there are: those that were neither sent nor
// published nor deleted.
func (p *Platform) Drafts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.drafts.drafts)
}

// campaignOf finds the campaign in the articles.
func (p *Platform) campaignOf(articles []Article) string {
	for _, a := range articles {
		for _, sent := range []string{a.SourceURL, a.Content} {
			if found := p.opt.CampaignOf([]byte(sent)); found != "" {
				return found
			}
		}
	}
	return ""
}
