package console

import (
	"context"

	"pufa/staff"
)

// Model tells how a language model helps, and what it costs.
type Model interface {
	// State is how it is set up and how it is now, in order. It never fails:
	// what cannot be found out is a fact too.
	State(ctx context.Context) []Fact
	// Tables are the figures of today and this month.
	Tables(ctx context.Context) ([]ModelTable, error)
	// Set reports whether there is a service that can be tried.
	Set() bool
	// Try makes one call with words of the program's own and says how it
	// went. It takes some seconds at most.
	Try(ctx context.Context) []Fact
}

// ModelTable is figures of one kind.
type ModelTable struct {
	Title string
	Note  string // how they are counted; may be empty
	Lines []ModelLine
}

// ModelLine is one figure: what it is, its numbers, and what it means or what to
// do about it.
type ModelLine struct{ Name, Today, Month, Text string }

const modelPath = Path + "/settings/model"

// modelTab is the name of the page, here and in the tabs.
const modelTab = "大模型"

// modelRoutes show a language model.
func (c *Console) modelRoutes() []route {
	if c.Model == nil {
		return nil
	}
	return []route{
		{pattern: "GET " + modelPath, role: staff.Admin, do: (*visit).model},
		{pattern: "POST " + modelPath + "/try", role: staff.Admin, do: (*visit).tryModel},
	}
}

// modelPage is the state and the figures. Steps are those of a try that was
// just made.
type modelPage struct {
	Tabs   []section
	Facts  []Fact
	Set    bool
	Tables []ModelTable
	Failed bool // the figures could not be read
	Steps  []Fact
	At     string // when the steps were taken
}

// modelPage reads what it shows; figures that cannot be read leave the rest
// standing.
func (v *visit) modelPage() modelPage {
	ctx := v.r.Context()
	p := modelPage{Tabs: v.tabs(), Set: v.Model.Set()}
	var err error
	if p.Tables, err = v.Model.Tables(ctx); err != nil {
		v.Log.Error("what the model did could not be read", "error", err)
		p.Failed = true
	}
	p.Facts = v.Model.State(ctx)
	return p
}

func (v *visit) model() error { return v.page("model", modelTab, v.modelPage()) }

// tryModel asks the service one question of the program's own.
func (v *visit) tryModel() error {
	if !v.Model.Set() {
		return errNoPage
	}
	steps := v.Model.Try(v.r.Context())
	p := v.modelPage()
	p.Steps, p.At = steps, v.Now().In(zone).Format("15:04:05")
	return v.page("model", modelTab, p)
}
