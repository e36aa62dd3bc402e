package console

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"pufa/staff"
	"pufa/web"
)

// StreetVersion is what the office told about itself at one time.
type StreetVersion struct {
	web.Street
	By string
	At time.Time
}

// Time is when it was kept, as a page writes it.
func (s StreetVersion) Time() string { return s.At.In(zone).Format("2006-01-02 15:04") }

// Streets keeps what the office tells about itself.
type Streets interface {
	// Streets returns the versions, the oldest first; none when the settings of
	// the program are all there is.
	Streets(ctx context.Context) ([]StreetVersion, error)
	// PutStreet keeps a version behind the first versions, with its step of the
	// trail. It returns ErrMoved when there are others by now.
	PutStreet(ctx context.Context, by string, street web.Street, versions int) error
}

// maxStreet is how long a field may be, in characters: replies repeat them.
const maxStreet = 60

const (
	sayStreetLong  = "每一项最多 60 个字，请缩短：%s"
	sayStreetLine  = "每一项写在一行里，不能换行：%s"
	sayStreetPhone = "电话只能有数字、横线、空格、括号和“转”字，请检查。"
)

func (c *Console) streetRoutes() []route {
	if c.Streets == nil {
		return nil
	}
	return []route{
		{pattern: "GET " + Path + "/settings/street", role: staff.Admin, do: (*visit).street},
		{pattern: "POST " + Path + "/settings/street", role: staff.Admin, do: (*visit).putStreet},
	}
}

// streetPage is the form of the street's data, with its versions, the newest
// first.
type streetPage struct {
	Tabs     []section
	Is       web.Street
	Versions int
	Before   []StreetVersion
	// Newest is what somebody else kept while this form was filled in.
	Newest *StreetVersion
}

func (v *visit) streetPage() (streetPage, error) {
	list, err := v.Streets.Streets(v.r.Context())
	p := streetPage{Tabs: v.tabs(), Versions: len(list)}
	switch {
	case len(list) > 0:
		p.Is = list[len(list)-1].Street
	case v.Street != nil:
		p.Is = v.Street()
	}
	slices.Reverse(list)
	p.Before = list
	return p, err
}

func (v *visit) street() error {
	p, err := v.streetPage()
	if err != nil {
		return err
	}
	return v.page("street", "街道信息", p)
}

func (v *visit) putStreet() error {
	typed := web.Street{
		Name: v.form("name"), Office: v.form("office"), Address: v.form("address"),
		Phone: v.form("phone"), Hours: v.form("hours"),
	}
	versions, err := strconv.Atoi(v.form("versions"))
	if err != nil {
		return errBadForm
	}
	problem := checkStreet(typed)
	if problem == "" {
		err := v.Streets.PutStreet(v.r.Context(), v.who.Name, typed, versions)
		if err == nil {
			return v.done(Path+"/settings/street", "已保存，两秒内在答复和网页里生效。")
		}
		if !errors.Is(err, ErrMoved) {
			return err
		}
		problem = "别人刚刚改过街道信息。您填的还在下面，请和最新的对照，再保存一次。"
	}
	p, err := v.streetPage()
	if err != nil {
		return err
	}
	if p.Versions != versions && len(p.Before) > 0 {
		p.Newest = &p.Before[0]
	}
	p.Is = typed
	return v.again("street", "街道信息", problem, p)
}

// checkStreet says why the data cannot be taken; empty when they can.
func checkStreet(s web.Street) string {
	for _, f := range []struct{ name, text string }{
		{"街道名称", s.Name}, {"司法所名称", s.Office}, {"地址", s.Address}, {"电话", s.Phone}, {"办公时间", s.Hours},
	} {
		if len([]rune(f.text)) > maxStreet {
			return strings.ReplaceAll(sayStreetLong, "%s", f.name)
		}
		if strings.ContainsFunc(f.text, unicode.IsControl) {
			return strings.ReplaceAll(sayStreetLine, "%s", f.name)
		}
	}
	if strings.ContainsFunc(s.Phone, func(r rune) bool { return !strings.ContainsRune("0123456789-—－ ()（）转、，,", r) }) {
		return sayStreetPhone
	}
	return ""
}
