package wechat

import (
	"fmt"
	"strconv"
)

// Values that a job's Status takes when it went well.
const (
	StatusTemplateSent = "success"
	StatusMassSent     = "send success"
)

// MassResult is what MASSSENDJOBFINISH says beside JobID and Status. The
// platform sends it shortly before the job is over, so the counts are near,
// not exact. FilterCount = SentCount + ErrorCount.
type MassResult struct {
	TotalCount, FilterCount, SentCount, ErrorCount string

	CheckState string // result of the copyright check as a whole
	Checks     []CopyrightCheck
	Articles   []MassArticle
}

// CopyrightCheck is the originality check of one article of a mass message.
type CopyrightCheck struct {
	Index, DeclareState, AuditState, OriginalURL, OriginalType string
	CanReprint, NeedReplaceContent, NeedShowSource             string
}

// MassArticle is the page of one article of a mass message.
type MassArticle struct{ Index, URL string }

// MassCounts are followers: on the list, left after the account's own filters,
// reached, and failed.
type MassCounts struct{ Total, Filtered, Sent, Failed int64 }

// Counts reads the four counts. It fails if one is no number from 0 up.
func (r *MassResult) Counts() (MassCounts, error) {
	var c MassCounts
	for _, f := range []struct {
		name, text string
		to         *int64
	}{
		{"TotalCount", r.TotalCount, &c.Total},
		{"FilterCount", r.FilterCount, &c.Filtered},
		{"SentCount", r.SentCount, &c.Sent},
		{"ErrorCount", r.ErrorCount, &c.Failed},
	} {
		n, err := strconv.ParseUint(f.text, 10, 63)
		if err != nil {
			return MassCounts{}, fmt.Errorf("read mass result: %s is no count", f.name)
		}
		*f.to = int64(n)
	}
	return c, nil
}

func massCount(name string) bool {
	switch name {
	case "TotalCount", "FilterCount", "SentCount", "ErrorCount":
		return true
	}
	return false
}

func (r *MassResult) field(name string) *string {
	switch name {
	case "TotalCount":
		return &r.TotalCount
	case "FilterCount":
		return &r.FilterCount
	case "SentCount":
		return &r.SentCount
	case "ErrorCount":
		return &r.ErrorCount
	}
	return nil
}

func (r *MassResult) openItem(list string) {
	switch list {
	case "CopyrightCheckResult":
		r.Checks = append(r.Checks, CopyrightCheck{})
	case "ArticleUrlResult":
		r.Articles = append(r.Articles, MassArticle{})
	}
}

func (r *MassResult) leaf(path []string, value string) {
	switch {
	case len(path) == 2 && path[1] == "CheckState":
		setFirst(&r.CheckState, value)
	case len(path) != 4 || path[1] != "ResultList" || path[2] != "item":
	case path[0] == "CopyrightCheckResult" && len(r.Checks) > 0:
		setFirst(r.Checks[len(r.Checks)-1].field(path[3]), value)
	case path[0] == "ArticleUrlResult" && len(r.Articles) > 0:
		setFirst(r.Articles[len(r.Articles)-1].field(path[3]), value)
	}
}

func (c *CopyrightCheck) field(name string) *string {
	switch name {
	case "ArticleIdx":
		return &c.Index
	case "UserDeclareState":
		return &c.DeclareState
	case "AuditState":
		return &c.AuditState
	case "OriginalArticleUrl":
		return &c.OriginalURL
	case "OriginalArticleType":
		return &c.OriginalType
	case "CanReprint":
		return &c.CanReprint
	case "NeedReplaceContent":
		return &c.NeedReplaceContent
	case "NeedShowReprintSource":
		return &c.NeedShowSource
	}
	return nil
}

func (a *MassArticle) field(name string) *string {
	switch name {
	case "ArticleIdx":
		return &a.Index
	case "ArticleUrl":
		return &a.URL
	}
	return nil
}

// PublishResult is what PUBLISHJOBFINISH says.
type PublishResult struct {
	ID            string // publish_id
	Status        string // publish_status, "0" when the article is out
	ArticleID     string
	Articles      []PublishedArticle
	FailedIndexes []string // articles that were refused, counted from 1
}

// PublishedArticle is the page of one published article.
type PublishedArticle struct{ Index, URL string }

func (p *PublishResult) leaf(path []string, value string) {
	switch {
	case len(path) == 1 && path[0] == "fail_idx":
		p.FailedIndexes = append(p.FailedIndexes, value)
	case len(path) == 1:
		setFirst(p.field(path[0]), value)
	case len(path) == 3 && path[0] == "article_detail" && path[1] == "item" && len(p.Articles) > 0:
		setFirst(p.Articles[len(p.Articles)-1].field(path[2]), value)
	}
}

func (p *PublishResult) field(name string) *string {
	switch name {
	case "publish_id":
		return &p.ID
	case "publish_status":
		return &p.Status
	case "article_id":
		return &p.ArticleID
	}
	return nil
}

func (a *PublishedArticle) field(name string) *string {
	switch name {
	case "idx":
		return &a.Index
	case "article_url":
		return &a.URL
	}
	return nil
}

// Subscription is one template of a subscribe_msg event: what the resident
// chose (Choice), or how a notice fared (JobID, ErrorCode, ErrorStatus).
type Subscription struct {
	TemplateID  string
	Choice      string // SubscribeStatusString: accept or reject
	PopupScene  string // 1 web page, 2 article
	JobID       string // MsgID
	ErrorCode   string // "0" when the notice arrived
	ErrorStatus string
}

func isSubscription(name string) bool {
	switch name {
	case "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent":
		return true
	}
	return false
}

func (s *Subscription) field(name string) *string {
	switch name {
	case "TemplateId":
		return &s.TemplateID
	case "SubscribeStatusString":
		return &s.Choice
	case "PopupScene":
		return &s.PopupScene
	case "MsgID":
		return &s.JobID
	case "ErrorCode":
		return &s.ErrorCode
	case "ErrorStatus":
		return &s.ErrorStatus
	}
	return nil
}
