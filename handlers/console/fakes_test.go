package console

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pufa/staff"
	"pufa/web"
)

// book keeps accounts and trail in memory, for a real office.
type book struct {
	mu       sync.Mutex
	accounts map[string]staff.Account
	steps    []staff.Step
}

func (b *book) Account(_ context.Context, name string) (staff.Account, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, ok := b.accounts[name]
	if !ok {
		return staff.Account{}, staff.ErrUnknown
	}
	return a, nil
}

func (b *book) Accounts(context.Context) ([]staff.Account, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []staff.Account
	for _, a := range b.accounts {
		list = append(list, a)
	}
	slices.SortFunc(list, func(x, y staff.Account) int { return strings.Compare(x.Name, y.Name) })
	return list, nil
}

func (b *book) PutAccount(ctx context.Context, a staff.Account, create bool, step staff.Draft) error {
	b.mu.Lock()
	_, taken := b.accounts[a.Name]
	if !taken || !create {
		b.accounts[a.Name] = a
	}
	b.mu.Unlock()
	if taken && create {
		return staff.ErrExists
	}
	return b.Record(ctx, step)
}

func (b *book) Change(ctx context.Context, name string, change func(staff.Account, []staff.Account) (staff.Account, staff.Draft, error)) error {
	now, err := b.Account(ctx, name)
	if err != nil {
		return err
	}
	all, _ := b.Accounts(ctx)
	a, step, err := change(now, all)
	if err != nil {
		return err
	}
	return b.PutAccount(ctx, a, false, step)
}

func (b *book) Record(_ context.Context, step staff.Draft) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var last staff.Step
	if n := len(b.steps); n > 0 {
		last = b.steps[n-1]
	}
	b.steps = append(b.steps, step.After(last))
	return nil
}

func (b *book) Trail(_ context.Context, line func(staff.Step) error) error {
	for _, s := range b.steps {
		if err := line(s); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) TrailBefore(_ context.Context, before int64, n int) (list []staff.Step, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.steps) - 1; i >= 0 && len(list) < n; i-- {
		if before <= 0 || b.steps[i].N < before {
			list = append(list, b.steps[i])
		}
	}
	return list, nil
}

// quickOffice is a real office over a book in which the password of everybody
// is rightWord; only new passwords are hashed.
type quickOffice struct {
	*staff.Office
	book *book
}

func (o quickOffice) SignIn(ctx context.Context, name, password string) (staff.Account, error) {
	a, err := o.book.Account(ctx, name)
	if err != nil || password != rightWord || a.Disabled {
		return staff.Account{}, staff.ErrDenied
	}
	return a, nil
}

func (o quickOffice) ChangePassword(ctx context.Context, name, old, password string) (staff.Account, error) {
	if _, err := o.SignIn(ctx, name, old); err != nil {
		return staff.Account{}, err
	}
	if err := o.Reset(ctx, name, name, password); err != nil {
		return staff.Account{}, err
	}
	return o.book.Account(ctx, name)
}

// tokens are invitations in memory.
type tokens map[string]bool

func (k tokens) Invited(_ context.Context, token string) (bool, error) { return k[token], nil }

func (k tokens) Accept(_ context.Context, token string) (bool, error) {
	ok := k[token]
	delete(k, token)
	return ok, nil
}

// streetBook is the street's data in memory.
type streetBook struct{ list []StreetVersion }

func (s *streetBook) Streets(context.Context) ([]StreetVersion, error) {
	return slices.Clone(s.list), nil
}

func (s *streetBook) PutStreet(_ context.Context, by string, street web.Street, versions int) error {
	if versions != len(s.list) {
		return ErrMoved
	}
	s.list = append(s.list, StreetVersion{Street: street, By: by, At: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)})
	return nil
}

// facts are a state that never changes, and steps of a check.
type facts struct{}

func (facts) Facts(context.Context) []Fact {
	return []Fact{
		{Name: "数据库", Grade: Good, Text: "Redis 正常。"},
		{Name: "备份", Grade: Warn, Text: "还没有做过。", Mend: "请技术人员定期运行 pufa backup，把文件存到另一台机器上。"},
		{Name: "本街道审核", Grade: Warn, Text: "12 条还没有审核，共 400 条。", Mend: "没审核的条目答复末尾写着“待本街道司法所审核”。"},
		{Name: "将要生效", Grade: Warn, Text: "2027-01-01：《某某法》新版施行。", Mend: "有 3 条引用它，请提前准备新的内容。"},
		{Name: "大模型", Grade: Good, Text: "没有设置。不需要它，答复都来自条目库。"},
	}
}

func (facts) Set() bool { return true }

func (facts) Check(context.Context) []Fact {
	return []Fact{
		{Name: "回调地址", Grade: Good, Text: "https://pufa.example.cn/wechat 收得到、验得过签名。"},
		{Name: "接口凭证", Grade: Bad, Text: "没有通过（微信返回 40164）。", Mend: "请把服务器地址加到公众平台的 IP 白名单。"},
		{Name: "权限：自定义菜单", Text: "没有查：前面的一步没有通过。"},
	}
}

// helpful is a language model that helps.
type helpful struct{ fails bool }

func (helpful) State(context.Context) []Fact {
	return []Fact{
		{Name: "开关", Grade: Good, Text: "开着：选条目、挑句子。居民的问题打码以后才发出去。"},
		{Name: "服务", Grade: Warn, Text: "连着出错，暂停到 12:00:30，这期间答复不受影响。", Mend: "最近一次：被服务商拒绝。"},
		{Name: "今天的额度", Grade: Bad, Text: "200000 个 token 里用了 200000 个。", Mend: "今天的用完了，明天零点恢复；答复照常。"},
	}
}

func (c helpful) Tables(context.Context) ([]ModelTable, error) {
	if c.fails {
		return nil, errors.New("away")
	}
	return []ModelTable{
		{Title: "答复怎么样了", Note: "按最后的样子数。", Lines: []ModelLine{{"用上了", "12", "345", "它挑的条目放到了前面"}, {"核对没通过", "0", "0", "应当是0"}}},
		{Title: "token 和费用", Lines: []ModelLine{{"发出的 token", "123456", "7890123", "每百万个 2 元"}, {"大约多少钱", "0.25 元", "15.78 元", "按填的单价估算"}}},
	}, nil
}

func (helpful) Set() bool { return true }

func (helpful) Try(context.Context) []Fact {
	return []Fact{{Name: "对话模型 example-model", Grade: Bad, Text: "被服务商拒绝（状态码 401）。", Mend: "密钥不对或没有权限。"}}
}

// queue is what waits, the same for everybody who may approve.
type queue []Wait

func (q queue) Waiting(_ context.Context, who staff.Account) ([]Wait, error) {
	if !who.May(staff.Reviewer) {
		return nil, nil
	}
	return q, nil
}

// managed is a desk with all sections of accounts and settings: 王管理 manages,
// 李审 reviews, 王编 writes.
func managed(t *testing.T, set ...func(*Config)) (*desk, *book) {
	t.Helper()
	b := &book{accounts: map[string]staff.Account{}}
	for name, roles := range map[string][]staff.Role{
		"王管理": {staff.Admin, staff.Reviewer}, "刘管理": {staff.Admin}, "李审": {staff.Reviewer}, "王编": {staff.Editor},
	} {
		b.accounts[name] = staff.Account{Name: name, Roles: roles, Created: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	}
	var d *desk
	office := quickOffice{staff.NewOffice(b, staff.NewHasher(), func() time.Time { return d.now }), b}
	d = newDesk(t, append([]func(*Config){func(c *Config) {
		c.Office, c.Accounts, c.Keeper, c.Trail = office, b, office, b
		c.Invites, c.Streets, c.Health, c.Linking = tokens{"good": true}, &streetBook{}, facts{}, facts{}
		c.Model = helpful{}
		c.Street = func() web.Street { return web.Street{Name: "平东街道", Office: "平东街道司法所"} }
		c.Waiting = []Waiting{queue{
			{Name: "待核对的条目", Count: 3, Text: "别人写好的草稿，核对后才能发布。", URL: Path + "/content"},
			{Name: "待批准的推送", Count: 1, Text: "三八维权周的第一条，明天 09:00 要发。", URL: Path + "/campaigns", Grade: Bad},
			{Name: "没有的事", Count: 0, URL: Path + "/none"},
		}}
	}}, set...)...)
	return d, b
}
