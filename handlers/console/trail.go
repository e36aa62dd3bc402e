package console

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"pufa/staff"
)

// The limits of one look at the trail.
const (
	stepsShown  = 50
	stepsLooked = 5000   // that a filter passes over in one request
	stepsInCSV  = 200000 // of one export
	stepsATrip  = 500
)

// trailRoutes show the audit trail.
func (c *Console) trailRoutes() []route {
	if c.Keeper == nil || c.Trail == nil {
		return nil
	}
	const at = Path + "/settings/trail"
	return []route{
		{pattern: "GET " + at, role: staff.Admin, do: (*visit).trail},
		{pattern: "GET " + at + "/trail.csv", role: staff.Admin, do: (*visit).trailCSV},
		{pattern: "POST " + at + "/verify", role: staff.Admin, do: (*visit).verifyTrail},
	}
}

// trailFilter is what is looked for; empty fields fit everything.
type trailFilter struct {
	Who, What string // Who whole, What a part of deed, thing or note
	From, To  string // days, both included
}

func (v *visit) trailFilter() trailFilter {
	q := v.r.URL.Query()
	get := func(name string) string { return strings.ToValidUTF8(strings.TrimSpace(q.Get(name)), "") }
	f := trailFilter{Who: get("who"), What: get("what"), From: get("from"), To: get("to")}
	for _, day := range []*string{&f.From, &f.To} {
		if _, err := time.Parse(time.DateOnly, *day); err != nil {
			*day = ""
		}
	}
	return f
}

func (f trailFilter) fits(s stepRow) bool {
	return (f.Who == "" || s.Who == f.Who) &&
		(f.To == "" || s.Day <= f.To) && (f.From == "" || s.Day >= f.From) &&
		(f.What == "" || strings.Contains(s.Did+" "+s.What+" "+s.Note, f.What))
}

// stepRow is a step as the page and the export show it.
type stepRow struct {
	N                        int64
	Day, At                  string
	Who, Did, What, Note, ID string
}

// rowOf is the row of a step; words says in Chinese what was done, and what is
// not among them stays as it is.
func rowOf(s staff.Step, words map[string]string) stepRow {
	at := s.At.In(zone)
	return stepRow{
		N: s.N, Day: at.Format(time.DateOnly), At: at.Format("2006-01-02 15:04:05"),
		Who: s.Who, Did: cmp.Or(words[s.Did], s.Did), What: stepWords(s.What), Note: stepWords(s.Note), ID: s.Sum,
	}
}

// stepWords says in Chinese what the program itself writes as the object or the
// note of a step; what people wrote stays as it is.
func stepWords(text string) string {
	for _, p := range []struct {
		form *regexp.Regexp
		say  string
	}{{ofCampaign, "推送 $1"}, {ofDue, "推送时间 $1"}, {ofLine, "台账第${1}行"}, {ofLedger, "账本${1}行"}} {
		if p.form.MatchString(text) {
			return p.form.ReplaceAllString(text, p.say)
		}
	}
	return text
}

var (
	ofCampaign = regexp.MustCompile(`^campaign (\S+)$`)
	ofDue      = regexp.MustCompile(`^due (\d{4}-\d\d-\d\d \d\d:\d\d)`)
	ofLine     = regexp.MustCompile(`^line (\d+)$`)
	ofLedger   = regexp.MustCompile(`^(\d+) ledger lines$`)
)

// trailPage is one page of the trail. Older is the address of what comes
// before, Looked is set when the search stopped there for the time being.
type trailPage struct {
	Tabs   []section
	Filter trailFilter
	Steps  []stepRow
	Older  string
	Looked bool
	CSV    string
	People []string
}

func (v *visit) trail() error {
	p, err := v.trailPage()
	if err != nil {
		return err
	}
	return v.page("trail", "审计记录", p)
}

func (v *visit) trailPage() (trailPage, error) {
	p := trailPage{Tabs: v.tabs(), Filter: v.trailFilter()}
	before, _ := strconv.ParseInt(v.r.URL.Query().Get("before"), 10, 64) // 0: from the newest
	last, whole, err := v.walk(before, stepsLooked, p.Filter, func(s stepRow) bool {
		p.Steps = append(p.Steps, s)
		return len(p.Steps) < stepsShown
	})
	if err != nil {
		return p, err
	}
	q := url.Values{}
	for name, value := range map[string]string{"who": p.Filter.Who, "what": p.Filter.What, "from": p.Filter.From, "to": p.Filter.To} {
		if value != "" {
			q.Set(name, value)
		}
	}
	p.CSV = Path + "/settings/trail/trail.csv?" + q.Encode()
	if !whole {
		p.Looked = len(p.Steps) < stepsShown
		q.Set("before", strconv.FormatInt(last, 10))
		p.Older = Path + "/settings/trail?" + q.Encode()
	}
	all, err := v.Trail.Accounts(v.r.Context())
	for _, a := range all {
		p.People = append(p.People, a.Name)
	}
	return p, err
}

// walk goes back through the trail from before and calls take with what fits,
// until take returns false or so many were looked at. It returns the number of
// the last step that it looked at, and whether that was the first of all.
func (v *visit) walk(before int64, most int, f trailFilter, take func(stepRow) bool) (last int64, whole bool, err error) {
	last = max(0, before)
	words := deedWords()
	for looked := 0; looked < most; {
		page, err := v.Trail.TrailBefore(v.r.Context(), last, stepsATrip)
		if err != nil || len(page) == 0 {
			return last, true, err
		}
		for _, s := range page {
			last, looked = s.N, looked+1
			row := rowOf(s, words)
			if f.From != "" && row.Day < f.From {
				return last, true, nil // days only fall from here
			}
			if f.fits(row) && !take(row) {
				return last, last == 1, nil
			}
		}
		if last == 1 {
			return last, true, nil
		}
	}
	return last, false, nil
}

// trailCSV exports what fits, the newest first, for programs that calculate:
// no cell of it is a formula there.
func (v *visit) trailCSV() error {
	var out bytes.Buffer
	out.WriteString("\ufeff") // or Excel takes it for another encoding
	writeCells(&out, "序号", "时间", "谁", "做了什么", "对象", "备注", "校验和")
	_, whole, err := v.walk(0, stepsInCSV, v.trailFilter(), func(s stepRow) bool {
		writeCells(&out, strconv.FormatInt(s.N, 10), s.At, s.Who, s.Did, s.What, s.Note, s.ID)
		return true
	})
	if err != nil {
		return err
	}
	if !whole {
		writeCells(&out, "", "", "", fmt.Sprintf("只导出了最近的 %d 条。请按日期分几次导出。", stepsInCSV))
	}
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="trail-`+v.Now().In(zone).Format("20060102")+`.csv"`)
	_, err = v.w.Write(out.Bytes())
	return err
}

// writeCells writes a line of CSV. Every cell stands in quotes, and one that a
// program would evaluate has a ' in front.
func writeCells(out *bytes.Buffer, cells ...string) {
	for i, cell := range cells {
		if i > 0 {
			out.WriteByte(',')
		}
		if first := strings.TrimLeft(cell, " \u3000'"); first != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n|%", []rune(first)[0]) {
			cell = "'" + cell
		}
		out.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
	}
	out.WriteString("\r\n")
}

// verifyTrail reads the whole trail and says whether anything in it was
// changed.
func (v *visit) verifyTrail() error {
	n, err := v.Keeper.Verify(v.r.Context())
	var broken *staff.ChainError
	if errors.As(err, &broken) {
		p, bad := v.trailPage()
		if bad != nil {
			return bad
		}
		return v.render(http.StatusOK, "trail", frame{Title: "审计记录", Page: p, Problem: fmt.Sprintf("审计记录在第 %d 条对不上：这条或它前面的记录被人改过。请保留现场，马上告诉信息安全负责人。", broken.N)})
	}
	if err != nil {
		return err
	}
	return v.done(Path+"/settings/trail", fmt.Sprintf("审计记录完整：共 %d 条，没有被改动过。", n))
}

// deedWords say in Chinese what was done.
func deedWords() map[string]string {
	return map[string]string{
		"add account": "添加账号", "set roles": "改角色", "reset password": "重设口令", "change password": "本人改口令",
		"disable account": "停用账号", "enable account": "恢复账号", "end sessions": "退出所有登录", "sign in": "登录",
		"set one-time codes": "设动态码", "drop one-time codes": "停用动态码", "change street": "改街道信息",
		"save draft": "存草稿", "check draft": "核对草稿", "return draft": "退回草稿", "release entry": "发布条目",
		"release entry although questions get worse": "发布条目（有问法变差）", "roll back entry": "条目回到旧版",
		"approve entries": "审核条目", "withdraw approval": "撤回审核", "take down entries": "下线条目",
		"create campaign": "新建推送", "edit campaign": "改推送", "submit campaign": "推送送审", "approve campaign": "批准推送",
		"return campaign": "退回推送", "schedule campaign": "排期推送", "cancel campaign": "取消推送", "pause campaign": "暂停推送",
		"resume campaign": "恢复推送", "settle campaign": "推送对账", "preview campaign": "测试发送", "campaign settle": "推送对账",
		"campaign claimed": "推送开始处理", "campaign sending": "推送开始发送", "campaign waiting": "推送等管理员确认", "campaign done": "推送完成",
		"campaign partly": "推送部分完成", "campaign failed": "推送失败", "campaign doubt": "推送待核实", "campaign missed": "推送错过时间",
		"restore backup": "从备份恢复", "make backup": "备份", "retire ledger": "清理旧账本", "allow sending": "放行发送",
		"make scene": "做海报", "withdraw scene": "收回海报",
		"take ticket": "接服务台的一件", "reply to ticket": "答复居民", "settle reply": "核实答复", "close ticket": "办结服务台的一件", "see contact": "看联系方式",
		"bind test account": "绑定测试微信", "drop test account": "解除测试微信",
		"make token": "生成接口令牌", "withdraw token": "撤销接口令牌",
		"enter activity": "登记活动", "correct activity": "更正活动", "withdraw activity": "撤销活动", "confirm activity": "确认活动",
	}
}
