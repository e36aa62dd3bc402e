package wechat

import "time"

// Kind says what a caller does about a failed call. Callers decide by it, not
// by the code.
type Kind string

// The kinds.
const (
	Retry         Kind = "retry"          // for a moment: later again, unless MaybeAccepted
	RetrySameKey  Kind = "retry_same_key" // a mass message: again, but only under the same clientmsgid
	TokenBad      Kind = "token_bad"      // refused with a fresh token too
	Misconfigured Kind = "misconfigured"  // AppID, secret or allow-list: a person must act
	Unfollowed    Kind = "unfollowed"     // no follower (any more): mark, never again
	Refused       Kind = "refused"        // blocked, or the resident wants no messages: skip and count
	NoConsent     Kind = "no_consent"     // the consent to notices is gone: mark it off
	QuotaUsed     Kind = "quota_used"     // of the day, or of the period for mass messages
	RateLimited   Kind = "rate_limited"   // too many in a minute: pause 60 s or more
	Outside48h    Kind = "outside_48h"    // the resident has not written within 48 hours: keep it for the next message
	CountUsed     Kind = "count_used"     // all customer messages that the resident's message allowed are sent: the same
	NoPermission  Kind = "no_permission"  // the account may not: switch the feature off
	StopAll       Kind = "stop_all"       // banned or restricted: send nothing more, call a person
	Content       Kind = "content"        // the content is refused as it is: change it, never repeat it
	BadMedia      Kind = "bad_media"      // media id unknown: upload once more
	NoClerk       Kind = "no_clerk"       // customer service is not enabled at the platform
	BadMenu       Kind = "bad_menu"       // the menu is refused: show it to staff
	AdminWait     Kind = "admin_wait"     // the account's admin must confirm, or said no
	Unknown       Kind = "unknown"        // nothing is known of the code
)

// ruling is what is known of an errcode: the kind, what it means, and what
// staff are told to do.
type ruling struct {
	kind            Kind
	meaning, advice string
}

// rulingOf holds the table of codes, gathered 2026-11 from two client
// libraries and the platform's pages; the actions are ours.
func rulingOf(code int) ruling {
	switch code {
	case -1:
		return ruling{Retry, "platform is busy", "微信繁忙，请稍后再试。"}
	case 40001, 40014, 42001:
		return ruling{TokenBad, "access token is bad or expired", "微信不认本次的接口凭证，请稍后再试；反复出现时请技术人员检查 AppSecret。"}
	case 40013, 40125, 41002, 41004:
		return ruling{Misconfigured, "AppID or AppSecret is wrong", "AppID 或 AppSecret 不对，请技术人员核对后重启程序。"}
	case 40164:
		return ruling{Misconfigured, "this server's address is not in the allow-list", "服务器IP不在公众号的IP白名单里，请技术人员到公众平台添加。"}
	case 61003, 61007, 61023:
		return ruling{Misconfigured, "code of third-party platforms only", "微信返回第三方平台的错误，请技术人员检查公众号的授权。"}
	case 40003, 43004, 46004, 50005:
		return ruling{Unfollowed, "openid unknown or not following", "这位居民没有关注或已取消关注，不再发送。"}
	case 43019, 48002:
		return ruling{Refused, "blocked by the account, or refuses messages", "这位居民拒收消息，已跳过。"}
	case 43101:
		return ruling{NoConsent, "subscription to notices refused", "这位居民没有订阅或已退订通知，已跳过。"}
	}
	if r, ok := rulingOfQuota(code); ok {
		return r
	}
	return rulingOfContent(code)
}

// rulingOfQuota holds the codes about how much and whether at all.
func rulingOfQuota(code int) (ruling, bool) {
	switch code {
	case 45009:
		return ruling{QuotaUsed, "quota of the day is used up", "今天的接口次数用完了，零点后恢复。要不要清零由人决定。"}, true
	case 45028:
		return ruling{QuotaUsed, "no quota for mass messages", "本期群发次数用完了，本期内不会再发，请改用其他渠道。"}, true
	case 45011:
		return ruling{RateLimited, "too many calls in a minute", "发得太快，一分钟后继续。"}, true
	case 45015:
		return ruling{Outside48h, "no message of the resident within 48 hours", "这位居民48小时内没有来过消息，等下次来消息时再答。"}, true
	case 45047:
		return ruling{CountUsed, "count of customer messages is used up", "对这位居民的客服消息条数用完了，等下次来消息时再答。"}, true
	case 45065:
		return ruling{Unknown, "clientmsgid was sent before", "这条群发已经发过，不会再发。"}, true
	case 45066:
		return ruling{RetrySameKey, "clientmsgid was tried a moment ago", "一分钟后用同一编号再试。"}, true
	case 48001, 48003, 48008:
		return ruling{NoPermission, "the account has no permission for this", "公众号没有这项权限，请查看认证状态和接口权限、协议。"}, true
	case 48004, 50002, 50004:
		return ruling{StopAll, "the account is banned or restricted", "公众号被封禁或限制，已停止所有发送，请马上登录公众平台查看。"}, true
	case 65400, 65401:
		return ruling{NoClerk, "customer service is not enabled, or no such clerk", "公众平台没有开通客服功能，或没有这个客服账号。"}, true
	}
	if code >= 89501 && code <= 89507 {
		return ruling{AdminWait, "the account's admin must confirm this server, or refused", "需要公众号管理员在手机上确认，或管理员已拒绝。"}, true
	}
	return ruling{}, false
}

// rulingOfContent holds the codes about what was sent.
func rulingOfContent(code int) ruling {
	switch code {
	case 40007:
		return ruling{BadMedia, "media id unknown", "图片或素材已失效，请重新上传。"}
	case 40033, 47001:
		return ruling{Content, "request is badly formed", "内容里有微信不接受的字符，请修改。"}
	case 45008:
		return ruling{Content, "more than one news item", "图文只能有一条，请修改。"}
	case 45067:
		return ruling{Content, "clientmsgid is too long", "群发编号太长，这是程序的错，请告诉技术人员。"}
	case 87014:
		return ruling{Content, "content is risky", "微信认为内容有风险，已拦下，请修改。"}
	}
	switch {
	case code >= 45002 && code <= 45008:
		return ruling{Content, "content is too long", "内容太长，请缩短。"}
	case code >= 65301 && code <= 65317:
		return ruling{BadMenu, "menu is refused", "微信不接受这个菜单，请检查按钮的名称、层级和链接。"}
	}
	return ruling{Unknown, "unknown code", "微信返回了没有见过的错误码，请告诉技术人员。"}
}

// NotBefore returns the earliest time at which the call may be made again
// according to the platform; now itself when it says none. It does not say
// that a repetition is safe: MaybeAccepted does.
func (e *APIError) NotBefore(now time.Time) time.Time {
	switch e.Code {
	case 45009:
		y, m, d := now.In(shanghai()).Date()
		return time.Date(y, m, d+1, 0, 0, 0, 0, shanghai())
	case 45011, 45066:
		return now.Add(time.Minute)
	case 89506:
		return now.Add(24 * time.Hour)
	case 89507:
		return now.Add(time.Hour)
	}
	return now
}

// shanghai is the zone of the platform's days.
func shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }
