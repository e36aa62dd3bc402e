package web

// DemoPage is the page of the demonstration: its clock, its people, and what
// the made-up platform got.
type DemoPage struct {
	Frame
	Told      string // what was just done
	Now       string
	Next      string // when the next campaign is due; empty when none is
	Jumps     []Button
	People    []DemoPerson
	Steps     []DemoStep
	Campaigns []DemoCampaign
	Accepted  []string
}

// DemoPerson is a made-up member of staff, with a password for this run.
type DemoPerson struct{ Name, Roles, Password string }

// DemoStep is something to do next, as a command.
type DemoStep struct{ Text, Command string }

// DemoCampaign is a row of the list.
type DemoCampaign struct{ ID, Status, Channel, Due, Title string }

// Demo renders the page.
func (p *Pages) Demo(page DemoPage) ([]byte, error) { return p.render("demo", page) }
