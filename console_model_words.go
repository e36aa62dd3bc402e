package main

import (
	"fmt"
	"strconv"

	"pufa/bot"
	"pufa/config"
	"pufa/handlers/console"
)

// endNames are the ends of calls as staff read them.
var endNames = map[bot.End]string{
	bot.Chosen: "选出来了", bot.NothingFits: "说都不合适", bot.Invalid: "答非所问", bot.Late: "太慢", bot.Busy: "正忙",
	bot.Resting: "暂停中", bot.Unpaid: "额度用完", bot.Refused: "被服务商拒绝", bot.Failed: "连不上",
}

// endText says what happened in a call. status is the service's, 0 where it is
// not known.
func endText(end bot.End, status int) string {
	switch end {
	case bot.Invalid:
		return "它答了，但不是要的格式，没有采用。"
	case bot.Late:
		return "太慢，没有等到。"
	case bot.Busy:
		return "同时问的太多，这一次没有问。"
	case bot.Resting:
		return "服务在暂停，这一次没有问。"
	case bot.Unpaid:
		return "今天的额度用完了，或数据库连不上，没有问。"
	case bot.Refused:
		if status > 0 {
			return fmt.Sprintf("被服务商拒绝（状态码 %d）。", status)
		}
		return "被服务商拒绝。"
	case bot.Failed:
		return "连不上，或中途断了。"
	}
	return endNames[end] + "。"
}

// endMend says what can be done about it; empty for nothing.
func endMend(end bot.End, status int) string {
	switch end {
	case bot.Invalid:
		return "常常这样就换一个模型。"
	case bot.Late:
		return "请技术人员换快一点的模型，或关掉它的“思考”（PUFA_OPENAI_EXTRA）。"
	case bot.Unpaid:
		return "明天零点恢复；经常用完就调高 PUFA_OPENAI_DAILY_TOKENS。"
	case bot.Refused:
		switch status {
		case 401, 403:
			return "密钥不对或没有权限，请技术人员检查 PUFA_OPENAI_API_KEY。"
		case 402:
			return "账户没有余额了，请充值。"
		case 404:
			return "没有这个模型，或地址不对，请技术人员检查 PUFA_OPENAI_MODEL 和 PUFA_OPENAI_BASE_URL。"
		case 429:
			return "太频繁，或账户没有余额了，请到服务商的后台看。"
		}
		return "请技术人员检查密钥、余额和模型的名字。"
	case bot.Failed:
		return "请技术人员检查地址（PUFA_OPENAI_BASE_URL）和网络。"
	}
	return ""
}

// modelTables are the figures in words.
func modelTables(today, month map[string]int64, o config.OpenAI) []console.ModelTable {
	s := modelSums{today, month}
	tables := []console.ModelTable{s.replies()}
	if later := s.later(); o.Later || later.Lines[0].Month != "0" {
		tables = append(tables, later)
	}
	return append(tables, s.calls(), s.troubles(), s.tokens(o))
}

// modelSums are what the store added up of a day and its month.
type modelSums struct{ today, month map[string]int64 }

// line adds fields up.
func (s modelSums) line(name, text string, fields ...string) console.ModelLine {
	var today, month int64
	for _, f := range fields {
		today, month = today+s.today[f], month+s.month[f]
	}
	return console.ModelLine{Name: name, Today: strconv.FormatInt(today, 10), Month: strconv.FormatInt(month, 10), Text: text}
}

func (s modelSums) replies() console.ModelTable {
	return s.effects("答复怎么样了", "想请大模型帮忙的答复，按最后的样子数。含试用和测试，所以和报告里的“模型参与”不相等。", []effectWords{
		{bot.Changed, "用上了", "它挑的条目或句子放到了前面，答复末尾有“AI 辅助整理”的说明"},
		{bot.Kept, "照原样", "没等到、不合适或没问成，发的是条目库自己的答复"},
		{bot.Unproved, "核对没通过", "它挑的和条目对不上，没有发出，发的是条目库自己的答复。应当是0，不是就请告诉技术人员"},
	})
}

// later are the answers that were to follow a referral.
func (s modelSums) later() console.ModelTable {
	return s.effects("补发答复", "答不上来又来不及等的，先引导，20秒内挑到了再补发一条；补发的不算收到的消息。", []effectWords{
		{bot.Promised, "说了可能补发", "下面各项加起来，等于已经有结果的"},
		{bot.Followed, "补发了", "用客服消息补发了一条审核过的条目"},
		{bot.Doubtful, "补发了，平台没回音", "可能发到了，也可能没有，不再重发"},
		{bot.Unsent, "补发没发成", "平台没有收，例如居民已取消关注"},
		{bot.Unfit, "挑的不能补发", "没有审核、停止回答或敏感的条目"},
		{bot.Overtaken, "居民又说话了", "补发以前居民又发了消息，或数据库连不上，不再补发"},
		{bot.NoChoice, "没有挑到", "两次挑的不一样、都不合适，或20秒内没有挑完"},
	})
}

// effectWords are what an effect is called, and what it means.
type effectWords struct {
	effect     bot.Effect
	name, text string
}

func (s modelSums) effects(title, note string, list []effectWords) console.ModelTable {
	t := console.ModelTable{Title: title, Note: note}
	for _, e := range list {
		t.Lines = append(t.Lines, s.line(e.name, e.text, effectField+string(e.effect)))
	}
	return t
}

// modelHelpers are the helpers in the order of the page.
var modelHelpers = []struct{ field, name, text string }{
	{"choose", "选条目", "居民的问题和最多8个条目，问是哪一个；补发以前要问两次"},
	{"pick", "挑句子", "长条目里哪一两句最要紧"},
	{"embed", "按意思找", "问题和条目的向量；条目改了也要重新编"},
	{"check", "试一次", "管理员在这一页点的"},
}

// wentOut are the ends of calls that went out to the service.
var wentOut = []bot.End{bot.Chosen, bot.NothingFits, bot.Invalid, bot.Late, bot.Refused, bot.Failed}

func (s modelSums) calls() console.ModelTable {
	t := console.ModelTable{Title: "问了多少次", Note: "发到服务商的次数；括号里是选出来的，或编好的。"}
	for _, h := range modelHelpers {
		var fields []string
		for _, end := range wentOut {
			fields = append(fields, h.field+"/"+string(end))
		}
		line, good := s.line(h.name, h.text, fields...), s.line("", "", h.field+"/"+string(bot.Chosen))
		line.Today += "（" + good.Today + "）"
		line.Month += "（" + good.Month + "）"
		line.Text += s.slowness(h.field, line)
		t.Lines = append(t.Lines, line)
	}
	return t
}

// slowness is how long a call of the month took.
func (s modelSums) slowness(helper string, line console.ModelLine) string {
	var calls int64
	for _, end := range wentOut {
		calls += s.month[helper+"/"+string(end)]
	}
	if calls == 0 {
		return ""
	}
	return fmt.Sprintf("。本月平均 %.1f 秒", float64(s.month[helper+tookField])/1000/float64(calls))
}

func (s modelSums) troubles() console.ModelTable {
	t := console.ModelTable{Title: "没有帮上的", Note: "各种帮忙合在一起。居民收到的都是条目库自己的答复。"}
	for _, end := range []bot.End{bot.NothingFits, bot.Late, bot.Invalid, bot.Refused, bot.Failed, bot.Resting, bot.Busy, bot.Unpaid} {
		var fields []string
		for _, h := range modelHelpers {
			fields = append(fields, h.field+"/"+string(end))
		}
		text := endText(end, 0) + endMend(end, 0)
		if end == bot.NothingFits {
			text = "它看了，说没有一个对得上；这不是毛病。"
		}
		t.Lines = append(t.Lines, s.line(endNames[end], text, fields...))
	}
	return t
}

// tokens are what was used and, where prices are known, what it cost.
func (s modelSums) tokens(o config.OpenAI) console.ModelTable {
	t := console.ModelTable{Title: "token 和费用", Note: "服务商报的用量，以它的账单为准；它没有报的（例如没等到的）不在内，所以可能比“今天的额度”里的少。"}
	sent := []string{"choose" + promptField, "pick" + promptField, "check" + promptField}
	got := []string{"choose" + completionField, "pick" + completionField, "check" + completionField}
	embedded := []string{"embed" + promptField}
	t.Lines = []console.ModelLine{
		s.line("发出的 token", "问题、条目和说明"+priceText(o.PriceIn), sent...),
		s.line("收到的 token", "它挑的编号"+priceText(o.PriceOut), got...),
		s.line("向量的 token", "按意思找用的"+priceText(o.PriceEmbedding), embedded...),
	}
	if o.PriceIn+o.PriceOut+o.PriceEmbedding == 0 {
		t.Note += "没有填单价（PUFA_OPENAI_PRICE_IN 等），所以不算钱。"
		return t
	}
	cost := func(of map[string]int64) string {
		yuan := 0.0
		for price, fields := range map[*float64][]string{&o.PriceIn: sent, &o.PriceOut: got, &o.PriceEmbedding: embedded} {
			for _, f := range fields {
				yuan += *price * float64(of[f]) / 1e6
			}
		}
		return fmt.Sprintf("%.2f 元", yuan)
	}
	t.Lines = append(t.Lines, console.ModelLine{Name: "大约多少钱", Today: cost(s.today), Month: cost(s.month), Text: "按填的单价估算"})
	return t
}

func priceText(yuan float64) string {
	if yuan == 0 {
		return ""
	}
	return "，每百万个 " + strconv.FormatFloat(yuan, 'f', -1, 64) + " 元"
}
