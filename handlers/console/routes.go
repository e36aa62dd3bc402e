package console

import "pufa/staff"

// route is one address of the console.
type route struct {
	pattern string     // of http.ServeMux: method and path
	open    bool       // nobody has to sign in
	self    bool       // also for whoever has to set up one-time codes first
	role    staff.Role // who may; empty: every account
	limit   int64      // bytes of the body; 0: maxForm
	do      func(*visit) error
}

// routes is the whole surface of the console.
func (c *Console) routes() []route {
	var all []route
	for _, section := range [][]route{
		c.doorRoutes(),
		c.activityRoutes(),
		c.figuresRoutes(),
		c.contentRoutes(),
		c.benchRoutes(),
		c.gapRoutes(),
		c.campaignRoutes(),
		c.ticketRoutes(),
		c.posterRoutes(),
		c.firstRoutes(),
		c.selfRoutes(),
		c.accountRoutes(),
		c.trailRoutes(),
		c.settingsRoutes(),
		c.modelRoutes(),
		c.streetRoutes(),
	} {
		all = append(all, section...)
	}
	return all
}

// nav are the sections as the head of every page lists them. A section stands
// here when its pages exist.
func (c *Console) nav() []section {
	list := []section{
		{Name: "今天", URL: Path + "/"},
	}
	list = append(list, c.contentSections()...)
	list = append(list, c.campaignSection()...)
	list = append(list, c.ticketNav()...)
	list = append(list, c.posterNav()...)
	list = append(list, c.activityNav()...)
	list = append(list, c.figuresNav()...)
	if tabs := c.settingsTabs(); len(tabs) > 0 {
		list = append(list, section{Name: "设置", URL: Path + "/settings", role: staff.Admin})
	}
	return list
}

// section is an entry of the head of every page.
type section struct {
	Name, URL string
	Here      bool       // it is the one that is shown
	role      staff.Role // who sees it; empty: every account
}
