// Package config reads the settings from the environment and a file, checks
// them, and reports all problems at once, each with its mend. It never opens a
// connection, never logs, and never prints a secret.
package config

import (
	"time"
)

// Switch is a setting with a choice of its own when it is left alone.
type Switch string

// The positions of a Switch.
const (
	Auto Switch = "auto"
	On   Switch = "on"
	Off  Switch = "off"
)

// Mode says how WeChat sends its messages.
type Mode string

// The modes of the message interface (消息加解密方式).
const (
	Safe  Mode = "safe"
	Plain Mode = "plain"
)

// AccountKind is the kind of Official Account.
type AccountKind string

// The kinds of account.
const (
	Service      AccountKind = "service"      // 服务号
	Subscription AccountKind = "subscription" // 订阅号
)

// Settings are all settings, checked. The env tags are their names; the names
// in the file are the same in lower case without PUFA_.
type Settings struct {
	Addr           string   `env:"PUFA_ADDR" envDefault:"127.0.0.1:8080"`
	PublicURL      string   `env:"PUFA_PUBLIC_URL"` // without a slash at its end
	TrustedProxies []string `env:"PUFA_TRUSTED_PROXIES"`
	DataDir        string   `env:"PUFA_DATA_DIR" envDefault:"./data"`
	RedisURL       Secret   `env:"PUFA_REDIS_URL"` // may hold a password
	Secret         Secret   `env:"PUFA_SECRET"`
	Street         Street   `envPrefix:"PUFA_STREET_"`
	WeChat         WeChat   `envPrefix:"PUFA_WECHAT_"`
	OpenAI         OpenAI   `envPrefix:"PUFA_OPENAI_"`
	Try            Switch   `env:"PUFA_TRY" envDefault:"auto"`
	MetricsAddr    string   `env:"PUFA_METRICS_ADDR"` // no listener when empty
	OnlyApproved   bool     `env:"PUFA_ONLY_APPROVED" envDefault:"off"`
	GapTexts       bool     `env:"PUFA_GAP_TEXTS" envDefault:"off"`
	OnePerson      bool     `env:"PUFA_ONE_PERSON" envDefault:"off"`
	StaffCodes     []string `env:"PUFA_STAFF_CODES"`                   // roles that need one-time codes
	LedgerMonths   int      `env:"PUFA_LEDGER_MONTHS" envDefault:"24"` // whole months before the running one; 0: for ever
	Desk           Desk     `envPrefix:"PUFA_"`
}

// Desk is the service desk of the staff console.
type Desk struct {
	On          bool `env:"DESK" envDefault:"on"`
	RequestDays int  `env:"DESK_REQUEST_DAYS" envDefault:"15"` // calendar days, by the office's own rule
	KeepDays    int  `env:"DESK_KEEP_DAYS" envDefault:"30"`
}

// Street is the subdistrict and its justice office. What is empty is left out
// of replies and pages, never invented.
type Street struct {
	Name    string `env:"NAME"`
	Office  string `env:"OFFICE"`
	Address string `env:"ADDRESS"`
	Phone   string `env:"PHONE"`
	Hours   string `env:"HOURS"`
}

// WeChat is the Official Account. Made is true when none is configured and
// AppID, Token and AESKey were made for this run.
type WeChat struct {
	AppID      string      `env:"APP_ID"`
	AppSecret  Secret      `env:"APP_SECRET"`
	Token      Secret      `env:"TOKEN"`
	AESKey     Secret      `env:"AES_KEY"`
	Mode       Mode        `env:"MODE" envDefault:"safe"`
	OriginalID string      `env:"ORIGINAL_ID"`
	Account    AccountKind `env:"ACCOUNT" envDefault:"service"`
	Verified   bool        `env:"VERIFIED" envDefault:"off"`
	APIBase    string      `env:"API_BASE" envDefault:"https://api.weixin.qq.com"`
	Cover      string      `env:"COVER"`  // media id of the cover of articles that have none
	Notice     string      `env:"NOTICE"` // template id of subscription notices
	Made       bool        `env:"-"`
}

// OpenAI is the optional model. None of its helpers works unless SendQuestions
// is on.
type OpenAI struct {
	BaseURL        string        `env:"BASE_URL"`
	APIKey         Secret        `env:"API_KEY"`
	Model          string        `env:"MODEL"`
	EmbeddingModel string        `env:"EMBEDDING_MODEL"`
	Timeout        time.Duration `env:"TIMEOUT" envDefault:"3s"`
	DailyTokens    int           `env:"DAILY_TOKENS" envDefault:"200000"`
	DailyQuestions int           `env:"DAILY_QUESTIONS" envDefault:"20"` // of one resident
	Choose         bool          `env:"CHOOSE" envDefault:"off"`
	Pick           bool          `env:"PICK" envDefault:"off"`
	Later          bool          `env:"LATER" envDefault:"off"` // an answer may follow a referral
	PriceIn        float64       `env:"PRICE_IN"`               // yuan a million tokens sent; 0 = not known
	PriceOut       float64       `env:"PRICE_OUT"`              // and received
	PriceEmbedding float64       `env:"PRICE_EMBEDDING"`        // and embedded
	Extra          string        `env:"EXTRA"`                  // a JSON object
	SendQuestions  bool          `env:"SEND_QUESTIONS" envDefault:"off"`
}

// Configured reports whether a model is set up.
func (o OpenAI) Configured() bool { return o.BaseURL != "" }

// Helps reports whether any helper is switched on and may be sent questions.
func (o OpenAI) Helps() bool {
	return o.Configured() && o.SendQuestions && o.DailyTokens > 0 && (o.Choose || o.Pick || o.EmbeddingModel != "")
}

// TryOn reports whether the phone in the browser is served, and whether only
// to browsers on this machine. Left alone it is on, for this machine, when no
// account is configured.
func (s Settings) TryOn() (on, loopbackOnly bool) {
	switch s.Try {
	case On:
		return true, false
	case Off:
		return false, false
	default:
		return s.WeChat.Made, true
	}
}
