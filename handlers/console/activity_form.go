package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"pufa/stats"
)

// activityChoice is one line of a select.
type activityChoice struct {
	Value, Label string
	Chosen       bool
}

// knownThemes are those of the pushes, with the names under which staff know
// them; an activity may have another in staff's own words.
func knownThemes() []activityChoice {
	return []activityChoice{
		{Value: "3.8", Label: "三八妇女维权（3.8）"},
		{Value: "3.15", Label: "消费维权（3.15）"},
		{Value: "反诈", Label: "反电信网络诈骗"},
		{Value: "12.4", Label: "宪法宣传（12.4）"},
	}
}

// activityField is a field of the form, as it was typed.
type activityField struct {
	Name, Label, Hint, Value, Fault string
	Kind                            string // text, number, date, month, select, check
	Choices                         []activityChoice
	Required, Checked               bool
}

// activityForm is the form of an activity, new or to be corrected.
type activityForm struct {
	Fields          []activityField
	Action, Button  string
	Seen            int64        // the line that is corrected; 0 for a new one
	Now             *activityRow // as it is now, where somebody came between
	Monthly         bool
	Other, OtherURL string // the other kind of form
	Back            string
}

func (v *visit) activityNew() error {
	q := v.r.URL.Query()
	a := stats.Activity{Kind: asText(q.Get("kind")), On: asText(q.Get("on")), Quantity: 1}
	return v.page("activity-form", activityNewTitle(a), v.formFor(a, nil, nil))
}

func asText(s string) string { return strings.ToValidUTF8(s, "") }

func activityNewTitle(a stats.Activity) string {
	if monthlyKind(a.Kind) {
		return "登记每月件数"
	}
	return "登记一项活动"
}

func monthlyKind(kind string) bool {
	k, _ := stats.KindOf(kind)
	return k.Monthly
}

// formFor makes the form; typed takes the place of a's values where the form
// was not taken, faults stand beside the fields.
func (v *visit) formFor(a stats.Activity, typed url.Values, faults map[string]string) activityForm {
	f := activityForm{Action: activityPath + "/new", Button: "登记", Monthly: monthlyKind(a.Kind), Back: activityPath}
	number := func(n int64) string {
		if n == 0 && !f.Monthly {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	add := func(field activityField) {
		if typed != nil {
			field.Value = asText(typed.Get(field.Name))
			field.Checked = typed.Get(field.Name) != ""
		}
		for i, c := range field.Choices {
			field.Choices[i].Chosen = c.Value == field.Value
		}
		field.Fault = faults[field.Name]
		f.Fields = append(f.Fields, field)
	}
	add(activityField{Name: "kind", Label: "种类", Kind: "select", Value: a.Kind, Choices: kindChoices(f.Monthly), Required: true})
	if f.Monthly {
		f.Other, f.OtherURL = "登记一项活动", activityPath+"/new"
		add(activityField{Name: "on", Label: "月份", Kind: "month", Value: a.On, Required: true})
		add(activityField{Name: "accepted", Label: "受理件数", Kind: "number", Value: number(a.Accepted), Required: true})
		add(activityField{Name: "succeeded", Label: "成功件数", Kind: "number", Value: number(a.Succeeded), Required: true, Hint: "人民调解：达成协议的；法律援助：决定给予援助的。按当月办结的登记。"})
	} else {
		f.Other, f.OtherURL = "登记人民调解、法律援助每月件数", activityPath+"/new?"+queryOf("kind", stats.Mediation)
		add(activityField{Name: "on", Label: "日期", Kind: "date", Value: a.On, Required: true})
		add(activityField{Name: "place", Label: "地点", Kind: "text", Value: a.Place, Required: true, Hint: "不要写居民姓名、电话。"})
		add(activityField{Name: "theme", Label: "主题（可不填）", Kind: "theme", Value: a.Theme, Choices: knownThemes(), Hint: "从列表里选，或者自己写，如“民法典宣传月”。"})
		add(activityField{Name: "quantity", Label: "数量", Kind: "number", Value: number(a.Quantity), Required: true, Hint: "按种类的单位：场、户、条、张、块、期、次。"})
		add(activityField{Name: "people", Label: "人次（可不填）", Kind: "number", Value: number(a.People)})
		add(activityField{Name: "estimated", Label: "人次是估计的，没有逐人清点", Kind: "check", Checked: a.Estimated})
		add(activityField{Name: "material", Label: "发放的资料（可不填）", Kind: "text", Value: a.Material})
		add(activityField{Name: "items", Label: "份数（可不填）", Kind: "number", Value: number(a.Items)})
	}
	add(activityField{Name: "ref", Label: "凭证（可不填）", Kind: "text", Value: a.Ref, Hint: "照片、签到表或文件的编号、名称。"})
	return f
}

func kindChoices(monthly bool) (list []activityChoice) {
	if !monthly {
		list = append(list, activityChoice{Label: "请选择"})
	}
	for _, k := range stats.ActivityKinds() {
		if k.Monthly == monthly {
			list = append(list, activityChoice{Value: k.Name, Label: k.Name + "（" + k.Unit + "）"})
		}
	}
	return list
}

// typedActivity reads the form; what is no number is a fault.
func (v *visit) typedActivity() (stats.Activity, map[string]string) {
	faults := map[string]string{}
	number := func(name string) int64 {
		text := v.form(name)
		if text == "" {
			return 0
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			faults[name] = "请填写整数。"
		}
		return n
	}
	a := stats.Activity{Kind: v.form("kind"), On: v.form("on"), Ref: v.form("ref")}
	if monthlyKind(a.Kind) {
		a.Accepted, a.Succeeded = number("accepted"), number("succeeded")
		return a, faults
	}
	a.Place, a.Theme, a.Material = v.form("place"), v.form("theme"), v.form("material")
	a.Quantity, a.People, a.Items = number("quantity"), number("people"), number("items")
	a.Estimated = v.form("estimated") != ""
	if v.form("quantity") == "" {
		a.Quantity = 1
	}
	return a, faults
}

// sameSpan is how long two identical lines of one person are taken for one
// that was sent twice.
const sameSpan = 10 * time.Minute

func (v *visit) activityEnter() error {
	a, faults := v.typedActivity()
	if len(faults) > 0 {
		return v.notTaken(a, faults, sayNotTaken)
	}
	var twice int64
	line, err := v.Activities.KeepActivity(v.r.Context(), func(r *stats.Register) (stats.ActivityLine, error) {
		for _, e := range r.List() {
			if e.Activity == a && e.By == v.who.Name && e.Corrections == 0 && v.Now().Sub(e.At) < sameSpan {
				twice = e.Number
				return stats.ActivityLine{}, errTwice
			}
		}
		return r.Enter(v.who.Name, v.Now(), a)
	})
	switch faults := stats.FieldErrors(err); {
	case errors.Is(err, errTwice):
		return v.done(fmt.Sprintf("%s/%d", activityPath, twice), fmt.Sprintf("您刚刚登记过完全相同的一项（第%d号），没有重复登记。", twice))
	case len(faults) > 0:
		return v.notTaken(a, faults, sayNotTaken)
	case errors.Is(err, stats.ErrEntered):
		return v.notTaken(a, map[string]string{"on": sayMonthEntered}, sayNotTaken)
	case err != nil:
		return err
	}
	return v.done(fmt.Sprintf("%s/%d", activityPath, line.Of), fmt.Sprintf("已登记为第%d号，请另一位工作人员核实。", line.Of))
}

func (v *visit) notTaken(a stats.Activity, faults map[string]string, problem string) error {
	return v.again("activity-form", activityNewTitle(a), problem, v.formFor(a, v.r.PostForm, faults))
}

// correction makes a new form one for e.
func (f activityForm) correction(e stats.Entered) activityForm {
	f.Action, f.Button, f.Seen = fmt.Sprintf("%s/%d/correct", activityPath, e.Number), "更正", e.Line
	f.Other, f.OtherURL, f.Back = "", "", fmt.Sprintf("%s/%d", activityPath, e.Number)
	return f
}

// whyField is the field for the reason of a correction.
func whyField(typed, fault string) activityField {
	return activityField{Name: "why", Label: "更正的原因", Kind: "text", Value: typed, Fault: fault, Hint: "和更正一起留在台账里，例如“签到表是33人”。"}
}

func (v *visit) activityForm() error {
	e, err := v.activity()
	if err != nil {
		return err
	}
	f := v.formFor(e.Activity, nil, nil).correction(e)
	f.Fields = append(f.Fields, whyField("", ""))
	return v.page("activity-form", activityCorrectTitle(e), f)
}

func activityCorrectTitle(e stats.Entered) string { return fmt.Sprintf("更正第%d号", e.Number) }

func (v *visit) activityCorrect() error {
	number, err := v.activityNumber()
	if err != nil {
		return err
	}
	a, faults := v.typedActivity()
	if len(faults) > 0 {
		return v.notCorrected(http.StatusUnprocessableEntity, a, faults, sayNotTaken)
	}
	_, err = v.Activities.KeepActivity(v.r.Context(), func(r *stats.Register) (stats.ActivityLine, error) {
		e, err := r.Get(number)
		switch {
		case err != nil:
			return stats.ActivityLine{}, err
		case e.Activity == a && e.By == v.who.Name && e.Corrections > 0:
			return stats.ActivityLine{}, errTwice
		case e.Line != v.seenLine():
			return stats.ActivityLine{}, stats.ErrCorrected
		}
		return r.Correct(v.who.Name, v.Now(), number, a, v.form("why"))
	})
	switch faults := stats.FieldErrors(err); {
	case errors.Is(err, stats.ErrCorrected):
		return v.notCorrected(http.StatusConflict, a, nil, sayActivityMoved)
	case len(faults) > 0:
		return v.notCorrected(http.StatusUnprocessableEntity, a, faults, sayNotTaken)
	case errors.Is(err, stats.ErrEntered):
		return v.notCorrected(http.StatusUnprocessableEntity, a, map[string]string{"on": sayMonthEntered}, sayNotTaken)
	case err != nil && !errors.Is(err, errTwice):
		return err
	}
	return v.done(fmt.Sprintf("%s/%d", activityPath, number), fmt.Sprintf("第%d号已更正，请另一位工作人员重新核实。", number))
}

// notCorrected shows the form with what was typed; where somebody came between,
// beside what there is now.
func (v *visit) notCorrected(status int, a stats.Activity, faults map[string]string, problem string) error {
	e, err := v.activity()
	if err != nil {
		return err
	}
	f := v.formFor(a, v.r.PostForm, faults).correction(e)
	f.Fields = append(f.Fields, whyField(v.form("why"), faults["why"]))
	if status == http.StatusConflict {
		row := v.activityRowOf(e)
		f.Now = &row
	} else {
		f.Seen = v.seenLine()
	}
	return v.render(status, "activity-form", frame{Title: activityCorrectTitle(e), Problem: problem, Page: f})
}

// queryOf writes names and values as the query of an address.
func queryOf(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return q.Encode()
}
