package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"pufa/bot"
	"pufa/content"
	"pufa/content/edit"
	"pufa/staff"
)

// Where the pages of the library stand.
const (
	contentPath = Path + "/content"
	approvePath = Path + "/approve"
)

// Live is the library that residents are answered from now.
type Live interface {
	Library() *content.Library
	Engine() *bot.Engine
	Standing(e *content.Entry, t time.Time) content.Standing
}

// Content is what the pages of the library work with.
type Content struct {
	Desk    *edit.Desk // with its Approvals
	Live    Live
	Options bot.Options                            // as residents are answered
	Texts   bot.Texts                              // official texts; nil: none are imported
	Page    func(e *content.Entry) ([]byte, error) // the resident page of an entry; nil: none is shown
}

// contentRoutes are the pages of the library.
func (c *Console) contentRoutes() []route {
	if c.Content == nil {
		return nil
	}
	const entry = contentPath + "/{topic}/{slug}"
	return []route{
		{pattern: "GET " + contentPath, do: (*visit).contentList},
		{pattern: "GET " + contentPath + "/new", role: staff.Editor, do: (*visit).newEntry},
		{pattern: "POST " + contentPath + "/new", role: staff.Editor, do: (*visit).writeNew},
		{pattern: "GET " + contentPath + "/import", do: (*visit).importPage},
		{pattern: "POST " + contentPath + "/import", role: staff.Editor, limit: maxUpload, do: (*visit).importFile},
		{pattern: "POST " + contentPath + "/keep", role: staff.Editor, limit: maxUpload, do: (*visit).keepImport},
		{pattern: "GET " + contentPath + "/export", do: (*visit).exportEntries},
		{pattern: "GET " + approvePath, do: (*visit).approvePage},
		{pattern: "POST " + contentPath + "/deed", role: staff.Reviewer, do: (*visit).contentDeed},
		{pattern: "POST " + contentPath + "/page", do: (*visit).pagePreview},
		{pattern: "GET " + entry, do: (*visit).entryPage},
		{pattern: "GET " + entry + "/edit", role: staff.Editor, do: (*visit).editEntry},
		{pattern: "POST " + entry + "/edit", role: staff.Editor, do: (*visit).writeEntry},
		{pattern: "GET " + entry + "/diff", do: (*visit).diffPage},
	}
}

// contentSections are those of the head that the library gives.
func (c *Console) contentSections() []section {
	if c.Content == nil {
		return nil
	}
	list := []section{{Name: "条目", URL: contentPath}, {Name: "审核", URL: approvePath}}
	if c.Gaps != nil {
		list = append(list, section{Name: "未答问题", URL: gapsPath})
	}
	return append(list, section{Name: "试问", URL: benchPath})
}

// entryID is the entry in the address; what is no id is no page.
func (v *visit) entryID() (string, error) {
	id := v.r.PathValue("topic") + "/" + v.r.PathValue("slug")
	if !content.ValidID(id) {
		return "", errNoPage
	}
	return id, nil
}

// parsed reads an entry's Markdown.
func parsed(id, text string) (*content.Entry, error) {
	return content.ParseEntry(id+".md", []byte(text))
}

// dateOf is the day of a moment in Shanghai.
func dateOf(t time.Time) string { return t.In(shanghai).Format(time.DateOnly) }

// minuteOf is a moment as staff read it; empty for none.
func minuteOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(shanghai).Format("2006-01-02 15:04")
}

// What is said of a deed that was not done.
const (
	sayOwnWork   = "自己写的不能自己核对、发布或审核，请让另一位同事来办。"
	sayTooSoon   = "一人审批要等写好满12小时。"
	sayState     = "这个版本已经不在这一步了（别人可能刚处理过）。请看最新的情况再办。"
	sayMoved     = "您看的时候内容又变了，没有执行。请看过最新的文字再办。"
	saySame      = "文字和上一个版本一样，没有要保存的。"
	sayReason    = "请写明原因（1到200个字）。"
	sayNothing   = "没有选条目。请先勾选。"
	sayRefused   = "没有通过检查，没有保存。请按下面列出的逐条改好。"
	sayMeanwhile = "别人刚刚保存了新的版本，您写的还没有保存，都在下面，没有丢。请对照着改；再按“存为草稿”，就在新版本之上存下您的文字。"
)

// refusal says in Chinese why the desk did not do something; ok is false for
// an error that is not about what was asked.
func refusal(err error) (text string, ok bool) {
	for _, c := range []struct {
		err  error
		text string
	}{
		{edit.ErrOwnWork, sayOwnWork},
		{edit.ErrTooSoon, sayTooSoon},
		{edit.ErrState, sayState},
		{edit.ErrMoved, sayMoved},
		{edit.ErrChanged, sayState},
		{edit.ErrSame, saySame},
		{edit.ErrReason, sayReason},
	} {
		if errors.Is(err, c.err) {
			return c.text, true
		}
	}
	if errors.Is(err, edit.ErrBad) {
		return sayBad(err), true
	}
	return "", false
}

// refusedPage leads back from a deed that was not done.
type refusedPage struct{ Back string }

// refused shows why a deed was not done.
func (v *visit) refused(err error, to string) error {
	text, ok := refusal(err)
	if !ok {
		return err
	}
	return v.render(http.StatusConflict, "content-refused", frame{Title: "没有办成", Problem: text, Page: refusedPage{Back: to}})
}

// approvals are what the street has approved.
func (v *visit) approvals(ctx context.Context) (map[string]edit.Approval, error) {
	list, _, err := v.Content.Desk.Approvals.Approvals(ctx)
	return list, err
}
