package main

import (
	"cmp"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// form is a form of a page as a browser knows it.
type form struct {
	action, method string
	fields         []formField
	buttons        []url.Values // what each button adds
}

// formField is one of its fields with what a person could leave it at.
type formField struct {
	name, value string
	free        bool // a person writes in it
	box, ticked bool // it is a checkbox; it is ticked as the page stands
}

var (
	formForm   = regexp.MustCompile(`(?s)<form([^>]*)>(.*?)</form>`)
	fieldForm  = regexp.MustCompile(`(?s)<(input|button)\b([^>]*)>|<(textarea)\b([^>]*)>([^<]*)</textarea>|<(select)\b([^>]*)>(.*?)</select>`)
	optionForm = regexp.MustCompile(`<option value="([^"]+)"`)
	attrForm   = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
)

// formsIn reads the forms of a page.
func formsIn(page, at string) (list []form) {
	for _, m := range formForm.FindAllStringSubmatch(page, -1) {
		attrs := attrsOf(m[1])
		f := form{action: attrs["action"], method: attrs["method"]}
		if f.action == "" {
			f.action = at
		}
		picked := map[string]bool{}
		for _, m := range fieldForm.FindAllStringSubmatch(m[2], -1) {
			f.add(m[1]+m[3]+m[6], attrsOf(m[2]+m[4]+m[7]), m[5], m[8], picked)
		}
		if len(f.buttons) == 0 {
			f.buttons = []url.Values{{}}
		}
		list = append(list, f)
	}
	return list
}

func attrsOf(text string) map[string]string {
	attrs := map[string]string{}
	for _, m := range attrForm.FindAllStringSubmatch(text, -1) {
		if _, twice := attrs[m[1]]; !twice {
			attrs[m[1]] = html.UnescapeString(m[2])
		}
	}
	return attrs
}

// add takes over a field; of radio buttons the first is picked, boxes are
// ticked, selects stand at their first choice.
func (f *form) add(tag string, attrs map[string]string, inner, options string, picked map[string]bool) {
	name := attrs["name"]
	field := formField{name: name, value: attrs["value"], box: attrs["type"] == "checkbox"}
	_, field.ticked = attrs["checked"]
	switch kind := attrs["type"]; {
	case tag == "button":
		add := url.Values{}
		if name != "" {
			add.Set(name, attrs["value"])
		}
		f.buttons = append(f.buttons, add)
		return
	case name == "" || kind == "file":
		return
	case tag == "textarea":
		field.value, field.free = strings.TrimPrefix(html.UnescapeString(inner), "\n"), true
	case tag == "select":
		if o := optionForm.FindStringSubmatch(options); o != nil {
			field.value = html.UnescapeString(o[1])
		}
	case kind == "radio":
		if picked[name] {
			return
		}
		picked[name] = true
	case kind == "checkbox" && field.value == "":
		field.value = "on"
	case field.value == "":
		field.value, field.free = plausible(name, kind), kind == "" || kind == "text" || kind == "search"
	default:
		field.free = kind == "" || kind == "text" || kind == "search"
	}
	if _, needed := attrs["required"]; needed && field.free && field.value == "" {
		field.value = "甲乙丙"
	}
	f.fields = append(f.fields, field)
}

// plausible is what a person would enter where the form is empty and something
// must stand that is no free text.
func plausible(name, kind string) string {
	for _, p := range []struct{ name, kind, value string }{
		{"due-day", "date", "2026-12-04"},
		{"until-day", "date", "2026-12-05"},
		{"", "date", "2026-11-20"},
		{"", "time", "10:00"},
		{"", "month", "2026-10"},
		{"", "number", "3"},
		{"", "password", "窗外的雪下了一整夜42"},
		{"entry", "text", "women/maternity-leave-days"},
		{"people", "text", "33"},
		{"title", "text", "甲乙丙"},
	} {
		if p.kind == cmp.Or(kind, "text") && (p.name == "" || p.name == name) {
			return p.value
		}
	}
	return ""
}

// own are forms that would end the walk: they sign the person out or take the
// account away.
var own = regexp.MustCompile(`^/console/(sign-out|self|first)\b|^/console/settings/accounts/of/`)

// fill sends the forms of a page in all ways and returns where that led.
func (c *crawl) fill(page, at string) (led []string) {
	for _, f := range formsIn(page, at) {
		key := f.method + " " + kindOf(f.action) + " " + f.names()
		if own.MatchString(f.action) || c.filled[key] {
			continue
		}
		c.filled[key] = true
		c.count("forms")
		for _, values := range f.ways() {
			led = append(led, c.send(f, c.fresh(f, at, values)))
		}
	}
	return led
}

func (f *form) names() string {
	var names []string
	for _, field := range f.fields {
		if !slices.Contains(names, field.name) {
			names = append(names, field.name)
		}
	}
	return strings.Join(names, ",")
}

// ways are the values to send: as the form stands with one field after another
// filled with a payload, then all that a person writes in, then every field;
// each with every button.
func (f *form) ways() (list []url.Values) {
	with := func(button url.Values, value func(i int) string) {
		values := url.Values{}
		for i, field := range f.fields {
			values.Add(field.name, value(i))
		}
		for name, v := range button {
			values[name] = v
		}
		list = append(list, values)
	}
	for _, button := range f.buttons {
		for n, p := range payloads {
			with(button, func(int) string { return p })
			with(button, func(i int) string {
				if f.fields[i].free {
					return p
				}
				return f.fields[i].value
			})
			for one := range f.fields {
				if !f.keeps(button) || n > 1 || !f.fields[one].free && n != 0 {
					continue
				}
				with(button, func(i int) string {
					if i == one {
						return p
					}
					return f.fields[i].value
				})
			}
		}
	}
	return list
}

// keeps reports whether a button keeps what is typed: those that show it again
// are pressed with whole forms only.
func (f *form) keeps(button url.Values) bool {
	return len(f.buttons) == 1 || slices.Contains([]string{"save", "create"}, button.Get("do"))
}

// stamps are the fields that say of which version a form was made.
var stamps = []string{"version", "versions", "seen", "was"}

// fresh returns values with the stamps that the form has by now, for a short
// form: what was kept a moment ago must not stand in the way of the next.
func (c *crawl) fresh(f form, at string, values url.Values) url.Values {
	if len(f.fields) > 12 || !slices.ContainsFunc(stamps, f.has) {
		return values
	}
	page, _ := c.read(at)
	for _, now := range formsIn(page, at) {
		if now.action != f.action {
			continue
		}
		for _, field := range now.fields {
			if slices.Contains(stamps, field.name) && !slices.Contains(payloads, values.Get(field.name)) {
				values.Set(field.name, field.value)
			}
		}
	}
	return values
}

func (f *form) has(name string) bool {
	return slices.ContainsFunc(f.fields, func(field formField) bool { return field.name == name })
}

// send sends a form once and returns the address it led to.
func (c *crawl) send(f form, values url.Values) string {
	c.count("posts")
	to, body := f.action, ""
	if !strings.EqualFold(f.method, http.MethodPost) {
		path, _, _ := strings.Cut(to, "?")
		to = path + "?" + values.Encode()
	} else {
		body = values.Encode()
	}
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.clerk.base+to, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := c.clerk.client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	c.judge(method+" "+f.action, resp)
	if resp.Request.Method == http.MethodGet {
		return resp.Request.URL.RequestURI()
	}
	return f.action
}
