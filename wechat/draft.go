package wechat

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	pathDraft       = "/cgi-bin/draft/"
	maxArticles     = 8
	maxTitle        = 64     // characters
	maxAuthor       = 16     // characters
	maxDigest       = 120    // characters
	maxContentChars = 19_999 // under 20,000
	maxContentBytes = 1<<20 - 1
)

// DraftArticle is one article of a draft.
type DraftArticle struct {
	Title        string // 1 to 64 characters
	Author       string // up to 16 characters
	Digest       string // up to 120 characters; empty: the first 54 of the content
	Content      string // HTML without scripts, under 20,000 characters and 1 MB; pictures only from UploadImage
	SourceURL    string // 阅读原文; may be empty
	CoverID      string // media id of the cover, from AddMaterial
	Comments     bool   // may be commented on
	FollowerOnly bool   // by followers only
	URL          string // set by Draft: the page for looking at it; not sent
}

// draftArticle is the platform's form of it.
type draftArticle struct {
	Type         string `json:"article_type,omitempty"`
	Title        string `json:"title"`
	Author       string `json:"author"`
	Digest       string `json:"digest"`
	Content      string `json:"content"`
	SourceURL    string `json:"content_source_url"`
	CoverID      string `json:"thumb_media_id"`
	Comments     int    `json:"need_open_comment"`
	FollowerOnly int    `json:"only_fans_can_comment"`
	URL          string `json:"url,omitempty"`
}

func (a DraftArticle) check(r *review) {
	r.chars("title", "标题", a.Title, 1, maxTitle)
	r.line("title", "标题", a.Title)
	r.chars("author", "作者", a.Author, 0, maxAuthor)
	r.chars("digest", "摘要", a.Digest, 0, maxDigest)
	r.that(strings.TrimSpace(a.Content) != "", "content is empty", "正文不能空着。")
	r.that(utf8.RuneCountInString(a.Content) <= maxContentChars, "content has 20000 characters or more", "正文要少于20000个字，请缩短。")
	r.that(len(a.Content) <= maxContentBytes, "content has 1 MB or more", "正文要小于1MB，请缩短。")
	low := strings.ToLower(a.Content)
	r.that(!strings.Contains(low, "<script") && !strings.Contains(low, "javascript:"), "content has a script, which the platform would strip", "正文里不能有脚本（script）。")
	r.word("cover", "封面图片编号", a.CoverID, 256)
	r.link("source", "原文链接", a.SourceURL, false)
}

func (a DraftArticle) wire() draftArticle {
	flag := map[bool]int{true: 1}
	return draftArticle{
		Type: "news", Title: a.Title, Author: a.Author, Digest: a.Digest, Content: a.Content, SourceURL: a.SourceURL,
		CoverID: a.CoverID, Comments: flag[a.Comments], FollowerOnly: flag[a.FollowerOnly],
	}
}

// AddDraft keeps 1 to 8 articles as one draft at the platform and returns its
// media id. The draft is gone once it was sent or published.
func (c *Client) AddDraft(ctx context.Context, articles []DraftArticle) (mediaID string, err error) {
	var out struct {
		MediaID string `json:"media_id"`
	}
	list := make([]draftArticle, len(articles))
	k := call{path: pathDraft + "add", in: map[string]any{"articles": list}, out: &out}
	r := review{path: k.path}
	r.that(len(articles) >= 1 && len(articles) <= maxArticles, "draft has not 1 to 8 articles", "草稿要有1到8篇文章。")
	for i, a := range articles {
		a.check(&r)
		list[i] = a.wire()
	}
	if r.err != nil {
		return "", r.err
	}
	if err := c.do(ctx, k); err != nil {
		return "", err
	}
	if out.MediaID == "" {
		return "", unanswered(k, true, "answer holds no media id", nil)
	}
	return out.MediaID, nil
}

// UpdateDraft replaces one article of a draft, counted from 0.
func (c *Client) UpdateDraft(ctx context.Context, mediaID string, index int, a DraftArticle) error {
	r := review{path: pathDraft + "update"}
	r.word("media id", "草稿编号", mediaID, 256)
	r.that(index >= 0 && index < maxArticles, "index is not from 0 to 7", "没有选定是第几篇。")
	if a.check(&r); r.err != nil {
		return r.err
	}
	in := map[string]any{"media_id": mediaID, "index": index, "articles": a.wire()}
	return c.do(ctx, call{path: r.path, in: in, coded: true})
}

// Draft returns the articles of a draft as the platform keeps them.
func (c *Client) Draft(ctx context.Context, mediaID string) ([]DraftArticle, error) {
	var out struct {
		Articles []draftArticle `json:"news_item"`
	}
	k := call{path: pathDraft + "get", in: map[string]string{"media_id": mediaID}, out: &out, reads: true}
	r := review{path: k.path}
	if r.word("media id", "草稿编号", mediaID, 256); r.err != nil {
		return nil, r.err
	}
	if err := c.do(ctx, k); err != nil {
		return nil, err
	}
	list := make([]DraftArticle, len(out.Articles))
	for i, a := range out.Articles {
		list[i] = DraftArticle{
			Title: a.Title, Author: a.Author, Digest: a.Digest, Content: a.Content, SourceURL: a.SourceURL,
			CoverID: a.CoverID, Comments: a.Comments == 1, FollowerOnly: a.FollowerOnly == 1, URL: a.URL,
		}
	}
	return list, nil
}

// DeleteDraft deletes a draft.
func (c *Client) DeleteDraft(ctx context.Context, mediaID string) error {
	r := review{path: pathDraft + "delete"}
	if r.word("media id", "草稿编号", mediaID, 256); r.err != nil {
		return r.err
	}
	return c.do(ctx, call{path: r.path, in: map[string]string{"media_id": mediaID}, coded: true})
}

const pathPublish = "/cgi-bin/freepublish/"

// PublishJob is the platform's work on publishing a draft.
type PublishJob struct {
	ID     string // publish_id
	DataID string // msg_data_id; may be empty
}

// Publish makes a draft a page of the account (发布). It is pushed to nobody
// and takes no quota of mass messages. Success means queued: the result comes
// with the event PUBLISHJOBFINISH, or from PublishStateOf. It takes no key, so it
// is not repeated once it may have been accepted.
func (c *Client) Publish(ctx context.Context, mediaID string) (PublishJob, error) {
	var out struct {
		ID     looseID `json:"publish_id"`
		DataID looseID `json:"msg_data_id"`
	}
	k := call{path: pathPublish + "submit", in: map[string]string{"media_id": mediaID}, out: &out, coded: true}
	r := review{path: k.path}
	if r.word("media id", "草稿编号", mediaID, 256); r.err != nil {
		return PublishJob{}, r.err
	}
	if err := c.do(ctx, k); err != nil {
		return PublishJob{}, err
	}
	if out.ID == "" {
		return PublishJob{}, unanswered(k, true, "answer holds no publication id", nil)
	}
	return PublishJob{string(out.ID), string(out.DataID)}, nil
}

// PublishState is how far a publication is. The numbers are those of
// PublishResult.Status.
type PublishState int

// The states.
const (
	Published       PublishState = 0
	Publishing      PublishState = 1
	NotOriginal     PublishState = 2 // 原创失败
	PublishFailed   PublishState = 3 // 常规失败
	PublishRejected PublishState = 4 // 审核不通过
	PublishDeleted  PublishState = 5 // deleted by the account
	PublishBanned   PublishState = 6 // 系统封禁
)

// PublishStateOf asks how far a publication is. The result's Status is the
// state in digits.
func (c *Client) PublishStateOf(ctx context.Context, id string) (PublishState, *PublishResult, error) {
	var out struct {
		State     *PublishState `json:"publish_status"`
		ArticleID string        `json:"article_id"`
		Detail    struct {
			Items []struct {
				Index looseID `json:"idx"`
				URL   string  `json:"article_url"`
			} `json:"item"`
		} `json:"article_detail"`
		Failed []looseID `json:"fail_idx"`
	}
	k := call{path: pathPublish + "get", in: map[string]string{"publish_id": id}, out: &out, reads: true}
	r := review{path: k.path}
	if r.word("publication id", "发布编号", id, 128); r.err != nil {
		return 0, nil, r.err
	}
	if err := c.do(ctx, k); err != nil {
		return 0, nil, err
	}
	if out.State == nil || *out.State < Published || *out.State > PublishBanned {
		return 0, nil, unanswered(k, true, "answer holds no known state", nil)
	}
	result := &PublishResult{ID: id, Status: fmt.Sprint(int(*out.State)), ArticleID: out.ArticleID}
	for _, item := range out.Detail.Items {
		result.Articles = append(result.Articles, PublishedArticle{string(item.Index), item.URL})
	}
	for _, index := range out.Failed {
		result.FailedIndexes = append(result.FailedIndexes, string(index))
	}
	return *out.State, result, nil
}
