package wechattest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"pufa/wechat"
)

const (
	massAllPath  = "/cgi-bin/message/mass/sendall"
	massListPath = "/cgi-bin/message/mass/send"

	maxClientID   = 64 // bytes
	massAMinute   = 60 // calls
	massAMonth    = 4  // messages of a service account a follower gets
	minReceivers  = 2
	maxReceivers  = 10_000
	adminPatience = 30 * time.Minute
)

// MassState is where a mass message stands.
type MassState string

// The states of a mass message.
const (
	MassWaiting MassState = "waiting" // for the account's admin
	MassSending MassState = "sending"
	MassDone    MassState = "done"
	MassFailed  MassState = "failed" // nobody got it
	MassDeleted MassState = "deleted"
)

// Values of MassMessage.Status beside wechat.StatusMassSent.
const (
	StatusAdminRefused = "err(40001)"
	StatusAdminSilent  = "err(40002)"
	StatusUnlawful     = "err(20006)"
	StatusSendFail     = "send fail"
)

// MassMessage is one mass message that was accepted.
type MassMessage struct {
	MsgID, DataID int64
	ClientID      string // clientmsgid, or the platform's own digest
	Campaign      string
	Articles      []Article // of mpnews
	Text          string    // of text
	ToAll         bool
	Tag           int // receivers by tag, 0 for none
	State         MassState
	Status        string // as MASSSENDJOBFINISH says it, empty before
	Accepted      time.Time
	Ended         time.Time
	Counts        wechat.MassCounts

	list []int // receivers by openid
	end  string
}

// massBook holds the mass messages, oldest first.
type massBook struct {
	list     []*MassMessage
	ends     []string
	previews []Preview
}

// Preview is one preview that was accepted.
type Preview struct {
	To       string // openid or WeChat name
	Articles []Article
	Text     string
}

type massCall struct {
	Filter *struct {
		ToAll *bool `json:"is_to_all"`
		Tag   int   `json:"tag_id"`
	} `json:"filter"`
	To     json.RawMessage `json:"touser"`
	WxName string          `json:"towxname"`
	Type   string          `json:"msgtype"`
	News   mediaID         `json:"mpnews"`
	Text   struct {
		Content string `json:"content"`
	} `json:"text"`
	ClientID string `json:"clientmsgid"`
}

func (p *Platform) massSendAll(c *call) any {
	var in massCall
	if !c.read(&in) {
		return fail(47001, "data format error")
	}
	f := in.Filter
	switch {
	case f == nil || f.ToAll == nil || len(in.To) > 0 || *f.ToAll && f.Tag != 0 || !*f.ToAll && f.Tag == 0:
		return fail(40035, "invalid parameter: filter")
	case !*f.ToAll && !p.tags.has(f.Tag):
		return fail(45159, "invalid tag id")
	}
	m := &MassMessage{ToAll: *f.ToAll, Tag: f.Tag}
	return p.massAccept(c, &in, m, fmt.Sprint("all ", m.ToAll, m.Tag))
}

func (p *Platform) massSend(c *call) any {
	var in massCall
	var ids []string
	if !c.read(&in) || json.Unmarshal(in.To, &ids) != nil {
		return fail(47001, "data format error")
	}
	m := new(MassMessage)
	for _, id := range ids {
		n, o := p.receiver(id)
		if o.failed() {
			return o
		}
		m.list = append(m.list, n)
	}
	slices.Sort(m.list)
	m.list = slices.Compact(m.list)
	switch {
	case len(m.list) < minReceivers:
		return fail(40130, "invalid openid list size, at least two openid")
	case len(ids) > maxReceivers:
		return fail(40031, "invalid openid list size")
	case in.Filter != nil:
		return fail(40035, "invalid parameter: filter")
	}
	return p.massAccept(c, &in, m, fmt.Sprint("list ", m.list))
}

// massAccept checks what both calls have in common. The key comes before the
// draft and the quota: a repeated call has used up both.
func (p *Platform) massAccept(c *call, in *massCall, m *MassMessage, audience string) any {
	if !p.quota.minute("mass", massAMinute, c.now) {
		return fail(45011, "api minute-quota reach limit")
	}
	if len(in.ClientID) > maxClientID {
		return fail(45067, "clientmsgid size out of limit")
	}
	m.ClientID = in.ClientID
	if m.ClientID == "" {
		m.ClientID = fmt.Sprintf("%x", sha256.Sum256([]byte(audience+in.Type+in.News.ID+in.Text.Content)))
	}
	if was := p.mass.known(m.ClientID, c.now.Add(-p.opt.KeyLife)); was != nil {
		return massAnswer{fail(45065, "clientmsgid exist"), was.MsgID, was.DataID}
	}
	if o := p.massContent(in, &m.Articles, &m.Text); o.failed() {
		return o
	}
	if p.opt.Account == Subscription && p.mass.sentOn(dayOf(c.now)) {
		return fail(45028, "has no masssend quota")
	}
	delete(p.drafts.drafts, in.News.ID)
	p.massBegin(m, c.now)
	return massAnswer{fail(0, "send job submission success"), m.MsgID, m.DataID}
}

type massAnswer struct {
	outcome
	MsgID  int64 `json:"msg_id"`
	DataID int64 `json:"msg_data_id"`
}

// massContent reads what is sent; known drafts and text only.
func (p *Platform) massContent(in *massCall, articles *[]Article, text *string) outcome {
	switch in.Type {
	case "mpnews":
		draft, known := p.drafts.drafts[in.News.ID]
		if !known {
			return fail(40007, "invalid media_id")
		}
		*articles = draft
		return ok()
	case "text":
		*text = in.Text.Content
		return checkText(*text)
	}
	return fail(40008, "invalid message type")
}

// known finds the message that was accepted with a key after a time.
func (b *massBook) known(key string, after time.Time) *MassMessage {
	for _, m := range slices.Backward(b.list) {
		if m.ClientID == key && m.Accepted.After(after) {
			return m
		}
	}
	return nil
}

// sentOn reports whether a message of that day did not fail.
func (b *massBook) sentOn(day string) bool {
	for _, m := range b.list {
		if m.State != MassFailed && dayOf(m.Accepted) == day {
			return true
		}
	}
	return false
}

func (b *massBook) find(id int64) *MassMessage {
	for _, m := range b.list {
		if m.MsgID == id {
			return m
		}
	}
	return nil
}

func (p *Platform) massPreview(c *call) any {
	var in massCall
	var to string
	if !c.read(&in) || len(in.To) > 0 && json.Unmarshal(in.To, &to) != nil {
		return fail(47001, "data format error")
	}
	preview := Preview{To: in.WxName}
	if to != "" {
		preview.To = to
		n, o := p.receiver(to)
		if o.failed() {
			return o
		}
		if !p.crowd.follows(n) {
			return fail(43004, "require subscribe")
		}
	}
	if preview.To == "" || in.Filter != nil {
		return fail(40035, "invalid parameter: touser")
	}
	if o := p.massContent(&in, &preview.Articles, &preview.Text); o.failed() {
		return o
	}
	p.mass.previews = append(p.mass.previews, preview)
	return struct {
		outcome
		MsgID int64 `json:"msg_id"`
	}{fail(0, "preview success"), p.next()}
}

// massNumber reads a msg_id, which is a number or a string of one.
func massNumber(raw json.RawMessage) int64 {
	if s, err := strconv.Unquote(string(raw)); err == nil {
		raw = json.RawMessage(s)
	}
	id, _ := strconv.ParseInt(string(raw), 10, 64)
	return id
}

func (p *Platform) massGet(c *call) any {
	var in struct {
		MsgID json.RawMessage `json:"msg_id"`
	}
	if !c.read(&in) {
		return fail(47001, "data format error")
	}
	m := p.mass.find(massNumber(in.MsgID))
	if m == nil {
		return fail(40059, "invalid msg id")
	}
	status := map[MassState]string{
		MassWaiting: "SENDING", MassSending: "SENDING", MassDone: "SEND_SUCCESS", MassFailed: "SEND_FAIL", MassDeleted: "DELETE",
	}
	return struct {
		MsgID  int64  `json:"msg_id"`
		Status string `json:"msg_status"`
	}{m.MsgID, status[m.State]}
}

// massDelete takes the pages away; the message stays with who got it.
func (p *Platform) massDelete(c *call) any {
	var in struct {
		MsgID json.RawMessage `json:"msg_id"`
		Index int             `json:"article_idx"`
	}
	if !c.read(&in) {
		return fail(47001, "data format error")
	}
	m := p.mass.find(massNumber(in.MsgID))
	switch {
	case m == nil || len(m.Articles) == 0 || m.State != MassDone:
		return fail(40059, "invalid msg id")
	case in.Index < 0 || in.Index > len(m.Articles):
		return fail(40060, "invalid article_idx")
	case in.Index == 0 || len(m.Articles) == 1:
		m.State = MassDeleted
	}
	return ok()
}

// MassMessages returns every mass message that was accepted, oldest first.
func (p *Platform) MassMessages() []MassMessage {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]MassMessage, len(p.mass.list))
	for i, m := range p.mass.list {
		list[i] = *m
	}
	return list
}

// Previews returns every preview that was accepted, oldest first.
func (p *Platform) Previews() []Preview {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.mass.previews)
}
