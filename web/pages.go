package web

import "time"

// noTime tells http.ServeContent to send no date: the tag is enough.
var noTime time.Time

// Frame is what stands on every page.
type Frame struct {
	Title  string // of the window
	Street Street
}

// Street is the subdistrict and its justice office; what is empty is left out.
type Street struct{ Name, Office, Address, Phone, Hours string }

// Hotline is a number with what it is for. The number is also what is dialled.
type Hotline struct{ Number, Name string }

// Link leads to another page of the service.
type Link struct{ URL, Text string }

// EntryPage is one question with its answer, or with the reason why there is
// none now.
type EntryPage struct {
	Frame
	Topic     string
	Question  string
	Notice    string // stands over the answer
	Withheld  string // why nothing is answered; Short to Remedy are empty then
	Short     string
	Lines     []Line
	Basis     string // when it was checked, and whether it was approved
	Citations []Citation
	Remedy    []Row
	Hotlines  []Hotline
	Related   []Link
}

// Line is one line of an answer.
type Line struct {
	Text string
	Must bool // shown as something not to overlook
}

// Citation is a place in the law as residents read it.
type Citation struct{ Law, Article, Edition, Gist string }

// Row is a line of a card.
type Row struct{ Label, Text string }

// Entry renders the page of an entry.
func (p *Pages) Entry(page EntryPage) ([]byte, error) { return p.render("entry", page) }

// NoticePage says one thing, and what to do now.
type NoticePage struct {
	Frame
	Heading  string
	Text     string
	Hotlines []Hotline
}

// Notice renders a notice, such as that there is no such page.
func (p *Pages) Notice(page NoticePage) ([]byte, error) { return p.render("notice", page) }

// PrivacyPage says what is kept. Model says whether a language model is in
// use, SendsQuestions whether a resident's words leave for it, Follows whether an
// answer may follow a reply, GapTexts whether masked words of unanswered questions
// are kept, LedgerMonths how many whole months single events are (0: for ever).
type PrivacyPage struct {
	Frame
	Model          bool
	SendsQuestions bool
	Follows        bool
	GapTexts       bool
	LedgerMonths   int
	Desk           *DeskTerms // nil: there is no service desk
}

// DeskTerms are what residents are promised of the service desk.
type DeskTerms struct {
	Hours    int // a reply in the account can come so long
	Days     int // a complaint is dealt with within so many calendar days
	KeepDays int // a telephone number is deleted after so many days at the latest
}

// Privacy renders the privacy page.
func (p *Pages) Privacy(page PrivacyPage) ([]byte, error) { return p.render("privacy", page) }

// IndexPage says what this is.
type IndexPage struct {
	Frame
	Topics []Row
}

// Index renders the first page.
func (p *Pages) Index(page IndexPage) ([]byte, error) { return p.render("index", page) }

// TryPage is the phone in the browser. Asked and Answered are the last
// exchange of a browser without script; Problem stands in place of an answer.
type TryPage struct {
	Frame
	Samples  []string
	Menu     []Button
	Asked    string
	Answered string
	Problem  string
}

// Button is a menu button: what it says and what it sends.
type Button struct{ Label, Key string }

// Try renders the phone.
func (p *Pages) Try(page TryPage) ([]byte, error) { return p.render("try", page) }

// ScenePage is where a poster's code leads: what the poster says, the
// questions it is about, whom to call, how to ask.
type ScenePage struct {
	Frame
	Line      string
	Questions []Link
	Hotlines  []Hotline
}

// Scene renders the page of a poster's code.
func (p *Pages) Scene(page ScenePage) ([]byte, error) { return p.render("scene", page) }
