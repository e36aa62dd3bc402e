package handlers

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"pufa/web"
)

const kindHTML = "text/html; charset=utf-8"

// urgent are the numbers under a notice that has no answer.
var urgent = []web.Hotline{{Number: "12348", Name: "公共法律服务"}, {Number: "110", Name: "报警"}}

func (s *Site) frame(title string) web.Frame {
	return web.Frame{Title: title, Street: s.street()}
}

// html writes a page that a function of web rendered.
func (s *Site) html(c *gin.Context, status int, page []byte, err error) {
	if err != nil {
		s.Log.Error("page failed", "route", c.FullPath(), "error", err)
		s.sorry(c)
		return
	}
	c.Header("Content-Length", strconv.Itoa(len(page)))
	c.Data(status, kindHTML, page)
}

// notice writes a page that says one thing.
func (s *Site) notice(c *gin.Context, status int, heading, text string) {
	page, err := s.Pages.Notice(web.NoticePage{
		Frame: s.frame(heading), Heading: heading, Text: text, Hotlines: urgent,
	})
	s.html(c, status, page, err)
}

// sorry is the last resort: it needs nothing that may have failed.
func (s *Site) sorry(c *gin.Context) {
	c.Data(http.StatusInternalServerError, kindPlain, []byte("出了点问题，请过一会儿再试。着急请打12348。\n"))
}

func (s *Site) noPage(c *gin.Context) {
	s.notice(c, http.StatusNotFound, "没有这一页", "网址可能输错了，或者内容已经更换。您可以回到公众号重新提问，也可以打12348咨询。")
}

func (s *Site) noMethod(c *gin.Context) {
	s.notice(c, http.StatusMethodNotAllowed, "这里不能这样访问", "请从公众号里的链接打开。")
}

// index leads to the phone in the browser where that is on, and else says what
// this is.
func (s *Site) index(c *gin.Context) {
	if s.Try.allows(c) {
		c.Redirect(http.StatusFound, "/try")
		return
	}
	s.about(c)
}

// about says what this is.
func (s *Site) about(c *gin.Context) {
	page := web.IndexPage{Frame: s.frame(s.street().Name + "普法问答")}
	for _, t := range s.Library.Topics() {
		page.Topics = append(page.Topics, web.Row{Label: t.Name, Text: t.About})
	}
	data, err := s.Pages.Index(page)
	s.html(c, http.StatusOK, data, err)
}

func (s *Site) privacyPage(c *gin.Context) {
	page := web.PrivacyPage{
		Frame: s.frame("隐私说明"), Model: s.Model, SendsQuestions: s.SendsQuestions, Follows: s.Followups != nil, GapTexts: s.GapTexts, LedgerMonths: s.LedgerMonths,
	}
	if s.Desk != nil {
		terms := web.DeskTerms(s.Desk(Arrival{}).Terms())
		page.Desk = &terms
	}
	data, err := s.Pages.Privacy(page)
	s.html(c, http.StatusOK, data, err)
}

// street is what the office tells about itself now.
func (s *Site) street() web.Street {
	if s.StreetNow != nil {
		return s.StreetNow()
	}
	return s.Street
}
