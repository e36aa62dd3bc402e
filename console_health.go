package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pufa/content"
	"pufa/handlers/console"
	"pufa/stats"
	"pufa/store"
)

// healthPage is the state of the service in words for staff.
type healthPage struct{ server *server }

// Facts are the lines of the page.
func (c healthPage) Facts(ctx context.Context) []console.Fact {
	facts := c.ofStore(c.server.store.Ready(ctx))
	facts = append(facts, c.ofDisk(), c.ofBackup(ctx), c.ofLedger(ctx))
	facts = append(facts, c.ofLibrary()...)
	return append(facts, c.ofTexts(), c.ofModel(ctx))
}

// ofStore says how the database is.
func (c healthPage) ofStore(r store.Readiness) []console.Fact {
	f := console.Fact{Name: "数据库", Grade: console.Good, Text: "Redis 正常。"}
	switch {
	case r.Redis != nil:
		f.Grade, f.Text = console.Bad, "连不上。答复照常，计数先记在本机，恢复后自动补上。"
		f.Mend = "请技术人员检查 Redis；恢复前不要改条目和推送。"
	case r.Trial:
		f.Grade, f.Text = console.Warn, fmt.Sprintf("用的是自带的试用库，已有 %d 条消息。", r.Messages)
		f.Mend = "正式使用请接 Redis（PUFA_REDIS_URL）；试用库超过 10 万条消息会变慢。"
	}
	facts := []console.Fact{f}
	for _, w := range r.Warnings {
		facts = append(facts, console.Fact{Name: "数据库", Grade: console.Warn, Text: warningText(w)})
	}
	if r.Disk != nil {
		facts = append(facts, console.Fact{Name: "数据目录", Grade: console.Bad, Text: "写不进去。", Mend: "请技术人员检查磁盘是不是满了、目录的权限对不对。"})
	}
	for _, w := range c.server.live.warnings() {
		facts = append(facts, console.Fact{Name: "条目库", Grade: console.Bad, Text: "有发布的修改没有用上。", Mend: w})
	}
	return facts
}

// warningText is a warning of the store in words for staff.
func warningText(w store.Warning) string {
	switch w {
	case store.WarnEviction:
		return "内存满时可能丢掉计数。请技术人员把 maxmemory-policy 设为 noeviction。"
	case store.WarnNoAOF:
		return "断电会丢数据。请技术人员打开 appendonly yes。"
	case store.WarnSync:
		return "断电最多丢两秒的数据。请技术人员把 appendfsync 设为 always。"
	case store.WarnOldRedis:
		return "Redis 版本低于 7.0，请技术人员升级。"
	case store.WarnTrial:
		return "试用库已超过 10 万条消息，请接正式的 Redis。"
	case store.WarnSpooled:
		return "有计数记在本机，等着写进数据库，会自动补上。"
	case store.WarnUnknown:
		return "Redis 不肯说明自己的设置。请技术人员确认 noeviction 和 appendonly yes。"
	}
	return string(w)
}

// fullDisk is what must be free, in bytes.
const fullDisk = 1 << 30

func (c healthPage) ofDisk() console.Fact {
	free := freeBytes(c.server.settings.DataDir)
	f := console.Fact{Name: "磁盘", Grade: console.Good, Text: fmt.Sprintf("数据目录还剩 %.1f GB。", float64(free)/(1<<30))}
	switch {
	case free < 0:
		f.Grade, f.Text = console.Plain, "不知道还剩多少。"
	case free < fullDisk:
		f.Grade, f.Mend = console.Warn, "不到 1 GB 了，请技术人员清理或扩容。"
	}
	return f
}

// oldBackup is how old the last backup may be.
const oldBackup = 7 * 24 * time.Hour

func (c healthPage) ofBackup(ctx context.Context) console.Fact {
	at, err := c.server.store.BackedUp(ctx)
	f := console.Fact{Name: "备份", Grade: console.Good}
	switch age := c.server.now().Sub(at); {
	case err != nil:
		f.Grade, f.Text = console.Plain, "连不上数据库，不知道上次是什么时候。"
	case at.IsZero():
		f.Grade, f.Text, f.Mend = console.Warn, "还没有做过。", "请技术人员定期运行 pufa backup，把文件存到另一台机器上。"
	default:
		f.Text = "上次是 " + at.In(zone).Format("2006-01-02 15:04") + "。"
		if age > oldBackup {
			f.Grade, f.Mend = console.Warn, "已经超过 7 天，请技术人员再做一次。"
		}
	}
	return f
}

// ofLedger says how long the ledger is kept, which months are gone, and which
// should be and are not.
func (c healthPage) ofLedger(ctx context.Context) console.Fact {
	f := console.Fact{Name: "账本", Grade: console.Good, Text: "逐条的账本一直保留。"}
	keep := c.server.settings.LedgerMonths
	if keep > 0 {
		f.Text = fmt.Sprintf("逐条的账本保留本月以前%d个整月，更早的核对后清理，计数一直保留。", keep)
	}
	marks, err := c.server.store.Retired(ctx)
	if err != nil {
		return console.Fact{Name: "账本", Grade: console.Plain, Text: "连不上数据库，不知道清理到哪个月。"}
	}
	if len(marks) > 0 {
		last := slices.Max(slices.Collect(maps.Keys(marks)))
		f.Text += fmt.Sprintf("已清理%d个月，最近的是%s年%s月。", len(marks), last[:4], last[4:])
	}
	// A ledger that goes is gone a day after its time; one is left alone longer
	// when its counters do not agree.
	if late, err := stats.Retirable(ctx, c.server.store, keep, c.server.now().Add(-2*lookForLedgers)); keep > 0 && err == nil && len(late) > 0 {
		f.Grade = console.Warn
		f.Text += fmt.Sprintf("%s年%s月的到期没有清理。", late[0][:4], late[0][4:])
		f.Mend = "多半是计数和账本对不上。请技术人员运行 pufa stats verify，看日志里的 ledger of a month stays。"
	}
	return f
}

// ofLibrary says how old the entries are, what waits for approval and what
// changes soon.
func (c healthPage) ofLibrary() []console.Fact {
	lib, now := c.server.live.Library(), c.server.now()
	newest, waiting, overdue, silent := "", 0, 0, 0
	for _, e := range lib.Entries() {
		newest = max(newest, e.CheckedOn)
		if !c.server.approved.Approved(e) {
			waiting++
		}
		switch c.server.live.Standing(e, now) {
		case content.Current:
		case content.Overdue:
			overdue++
		default:
			silent++
		}
	}
	all := len(lib.Entries())
	library := console.Fact{Name: "条目库", Grade: console.Good, Text: fmt.Sprintf("共 %d 条，最近一次核对法条是 %s。", all, newest)}
	if overdue+silent > 0 {
		library.Grade = console.Warn
		library.Text += fmt.Sprintf("%d 条过了复核日期（还在答），%d 条已停止回答。", overdue, silent)
		library.Mend = "请编辑核对后更新复核日期。"
	}
	street := console.Fact{Name: "本街道审核", Grade: console.Good, Text: "全部条目都审核过。"}
	if waiting > 0 {
		street.Grade, street.Text = console.Warn, fmt.Sprintf("%d 条还没有审核，共 %d 条。", waiting, all)
		street.Mend = "没审核的条目答复末尾写着“待本街道司法所审核”。"
		if c.server.settings.OnlyApproved {
			street.Mend = "现在设的是只答审核过的条目：没审核的不回答。"
		}
	}
	return append([]console.Fact{library, street}, soon(lib, now)...)
}

// soon are the laws that change within soonDays, and the entries that cite
// them.
func soon(lib *content.Library, now time.Time) []console.Fact {
	today := now.In(zone).Format(time.DateOnly)
	until := now.In(zone).AddDate(0, 0, soonDays).Format(time.DateOnly)
	var facts []console.Fact
	for _, law := range lib.Laws() {
		for _, change := range changesOf(law) {
			if change.day <= today || change.day > until {
				continue
			}
			facts = append(facts, console.Fact{
				Name: "将要生效", Grade: console.Warn, Text: change.day + "：" + change.text,
				Mend: citedBy(lib, change.laws),
			})
		}
	}
	slices.SortFunc(facts, func(a, b console.Fact) int { return strings.Compare(a.Text, b.Text) })
	if len(facts) == 0 {
		facts = []console.Fact{{Name: "将要生效", Grade: console.Good, Text: fmt.Sprintf("登记的法律在 %d 天内没有变化。", soonDays)}}
	}
	return facts
}

// lawChange is a day from which a law reads otherwise; laws are the short
// names of those concerned.
type lawChange struct {
	day, text string
	laws      []string
}

func changesOf(law content.Law) (list []lawChange) {
	own := []string{law.Law}
	if law.Next != "" {
		list = append(list, lawChange{law.Next, "《" + law.Title + "》新版施行。", own})
	}
	if law.Edition != "" {
		list = append(list, lawChange{law.Edition, "《" + law.Title + "》施行。", own})
	}
	for _, r := range law.Repeals {
		list = append(list, lawChange{r.On, "因《" + law.Title + "》施行，《" + r.Law + "》废止。", []string{r.Law}})
	}
	for _, a := range law.AmendedBy {
		list = append(list, lawChange{a.On, "《" + law.Title + "》的修改施行。", own})
	}
	return list
}

// citedBy names how many entries cite one of the laws.
func citedBy(lib *content.Library, laws []string) string {
	laws = slices.Clone(laws)
	for i, name := range laws {
		if law, ok := lib.Law(name); ok {
			laws[i] = law.Law // a repeal has the full title
		}
	}
	n := 0
	for _, e := range lib.Entries() {
		if slices.ContainsFunc(e.Citations, func(c content.Citation) bool { return slices.Contains(laws, c.Law) }) {
			n++
		}
	}
	if n == 0 {
		return "没有条目引用它。"
	}
	return fmt.Sprintf("有 %d 条引用它，请提前准备新的内容。", n)
}

// ofTexts says whether official texts were imported.
func (c healthPage) ofTexts() console.Fact {
	info, err := os.Stat(filepath.Join(c.server.settings.DataDir, lawsFile))
	if err != nil {
		return console.Fact{Name: "法律原文", Grade: console.Warn, Text: "没有导入。", Mend: "不影响答复，但不能显示法条原文、不能自动核对。请技术人员运行 pufa statutes import。"}
	}
	return console.Fact{Name: "法律原文", Grade: console.Good, Text: info.ModTime().In(zone).Format(time.DateOnly) + " 导入。"}
}
