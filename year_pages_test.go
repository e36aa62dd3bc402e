package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"pufa/config"
	"pufa/stats"
	"pufa/web"
)

// page is one page of the console that is looked at.
type page struct {
	pattern, path string
	form          url.Values // what is posted; nil: it is opened
}

func (p page) String() string {
	if p.form != nil {
		return "POST " + p.path + " " + p.form.Get("do")
	}
	return p.path
}

// status is how a page answers: a few only lead on, or away, once one is in.
func (p page) status() int {
	switch p.pattern {
	case "GET /console/settings", "GET /console/sign-in/code", "GET /console/self/trials":
		return http.StatusSeeOther
	case "GET /console/first":
		return http.StatusNotFound
	}
	return http.StatusOK
}

// looks are what is opened in place of a pattern's bare path, or beside it:
// those that take a part of the address, and the views with most to show. "in"
// a page stands for the first link of the pattern there.
func (y *madeYear) looks() map[string][]string {
	entry, edited := y.library.Entries()[1].ID, y.made[1].ID
	const at = "GET /console/"
	return map[string][]string{
		at + "first":                        {"/console/first?token=none"},
		at + "settings/accounts/of/{name}":  {"/console/settings/accounts/of/" + url.PathEscape(yearWriter)},
		at + "settings/trail":               {"", "?who=" + url.QueryEscape(yearReviewer) + "&what=" + url.QueryEscape("发布"), "?what=nothing"},
		at + "activities":                   {"", "?month=2026-10"},
		at + "activities/file":              {"?year=2026"},
		at + "activities/{number}":          {"/console/activities/5"},
		at + "activities/{number}/correct":  {"/console/activities/5/correct"},
		at + "content":                      {"", "?state=waiting&page=2", "?q=" + url.QueryEscape("退"), "?state=edited"},
		at + "content/{topic}/{slug}":       {"/console/content/" + entry, "/console/content/" + edited},
		at + "content/{topic}/{slug}/edit":  {"/console/content/" + entry + "/edit"},
		at + "content/{topic}/{slug}/diff":  {"/console/content/" + edited + "/diff?a=1&b=2"},
		at + "content/export":               {"?format=csv"},
		at + "approve":                      {"", "?show=release", "?show=street", "?show=street&topic=consumer"},
		at + "gaps":                         {"", "?month=2026-10", "?month=2026-10&shape=unsure"},
		at + "figures":                      {"", "?span=year", "?span=quarter", "?span=day", "?from=2026-01-01&to=2026-12-30"},
		at + "figures/table":                {"in /console/figures?span=year"},
		at + "figures/report/file":          {"?span=year&format=json", "?span=year&format=docx", "?span=year&format=xlsx"},
		at + "campaigns":                    {"", "?year=2026"},
		at + "campaigns/month":              {"", "?month=2026-10"},
		at + "campaigns/proposal":           {"in /console/campaigns?year=2027"},
		at + "campaigns/pack":               {"?id=" + y.library.Packs()[0].ID + "&year=2027"},
		at + "campaigns/{id}":               {"/console/campaigns/push-00", "/console/campaigns/push-52"},
		at + "campaigns/{id}/edit":          {"/console/campaigns/push-52/edit"},
		at + "desk":                         {"", "?show=over"},
		at + "desk/{code}":                  {"/console/desk/" + yearTicket(3), "/console/desk/" + yearTicket(yearTickets-1)},
		at + "posters/{scene}":              {"/console/posters/" + sceneID(1)},
		at + "posters/{scene}/print/{size}": {"/console/posters/" + sceneID(1) + "/print/a4"},
		at + "posters/{scene}/file/{size}":  {"/console/posters/" + sceneID(1) + "/file/a4"},
		at + "campaigns/{id}/progress":      {"/console/campaigns/push-03/progress"},
		at + "campaigns/{id}/result":        {"/console/campaigns/push-00/result", "/console/campaigns/push-51/result"},
		at + "campaigns/{id}/result/file":   {"/console/campaigns/push-00/result/file?format=csv"},
	}
}

// yearDesk is a member of staff before the console of a whole server.
type yearDesk struct {
	base     string
	client   *http.Client
	got      atomic.Int64 // bytes that came
	server   *server
	patterns []string
}

// openDesk builds a server over what was filled and signs in.
func (y *madeYear) openDesk(tb testing.TB, settings config.Settings) *yearDesk {
	tb.Helper()
	s, err := build(context.WithoutCancel(tb.Context()), settings, y.clock, mute())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.close() })
	if err := s.figures.archive.Fill(tb.Context()); err != nil { // as serve does when it starts
		tb.Fatal(err)
	}
	pages, err := web.New()
	if err != nil {
		tb.Fatal(err)
	}
	c, err := s.console(pages)
	if err != nil {
		tb.Fatal(err)
	}
	site := httptest.NewServer(s.site.Handler())
	tb.Cleanup(site.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	d := &yearDesk{base: site.URL, server: s, patterns: c.Patterns()}
	d.client = &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableCompression: true, DialContext: d.dial}, // what comes is counted as it comes
	}
	tb.Cleanup(d.client.CloseIdleConnections)
	form := url.Values{"name": {yearChief}, "password": {yearPassword}}
	if status, _, err := d.open(page{path: "/console/sign-in", form: form}); err != nil || status != http.StatusSeeOther {
		tb.Fatalf("signing in: %d, %v", status, err)
	}
	return d
}

func (d *yearDesk) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, network, addr)
	return counted{conn, &d.got}, err
}

// counted is a connection that counts what is read from it.
type counted struct {
	net.Conn
	got *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.got.Add(int64(n))
	return n, err
}

// open opens a page as a browser does, and returns what it holds.
func (d *yearDesk) open(p page) (status int, body []byte, err error) {
	method, from := http.MethodGet, io.Reader(nil)
	if p.form != nil {
		method, from = http.MethodPost, strings.NewReader(p.form.Encode())
	}
	req, err := http.NewRequest(method, d.base+p.path, from)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	resp, err := d.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	if err != nil || resp.Header.Get("Content-Encoding") != "gzip" {
		return resp.StatusCode, body, err
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return resp.StatusCode, nil, err
	}
	body, err = io.ReadAll(unzipped)
	return resp.StatusCode, body, err
}

// looks are the pages of every address of the console that is opened. A new one
// with a part that nobody named is an error.
func (d *yearDesk) looks(y *madeYear) (list []page, err error) {
	looks := y.looks()
	for _, pattern := range d.patterns {
		path, ok := strings.CutPrefix(pattern, "GET ")
		if !ok {
			continue
		}
		at, named := looks[pattern]
		delete(looks, pattern)
		if !named {
			at = []string{""}
		}
		for _, look := range at {
			p := page{pattern: pattern, path: look}
			if from, ok := strings.CutPrefix(look, "in "); ok {
				if p.path, err = d.linkIn(from, path); err != nil {
					return nil, err
				}
			} else if !strings.HasPrefix(look, "/") {
				p.path = strings.TrimSuffix(path, "{$}") + look
			}
			if strings.Contains(p.path, "{") {
				return nil, fmt.Errorf("%s is not looked at: name one of its pages in madeYear.looks", pattern)
			}
			list = append(list, p)
		}
	}
	for pattern := range looks {
		return nil, fmt.Errorf("%s is looked at and not served", pattern)
	}
	return list, nil
}

// linkIn is the first link of a page to an address.
func (d *yearDesk) linkIn(from, path string) (string, error) {
	_, body, err := d.open(page{path: from})
	if err != nil {
		return "", err
	}
	m := regexp.MustCompile(`href="(` + regexp.QuoteMeta(path) + `\?[^"]*)"`).FindSubmatch(body)
	if m == nil {
		return "", fmt.Errorf("%s has no link to %s", from, path)
	}
	return html.UnescapeString(string(m[1])), nil
}

// pages are those of the console, and the buttons beside its largest forms.
func (d *yearDesk) pages(y *madeYear) ([]page, error) {
	list, err := d.looks(y)
	if err != nil {
		return nil, err
	}
	_, form, err := d.open(page{path: "/console/content/" + y.library.Entries()[1].ID + "/edit"})
	if err != nil {
		return nil, err
	}
	for _, do := range []string{"check", "glance"} {
		fields := formOf(form)
		fields.Set("do", do)
		list = append(list, page{path: "/console/content/" + y.library.Entries()[1].ID + "/edit", form: fields})
	}
	return append(list, page{path: "/console/bench", form: url.Values{"text": {"办的健身卡店跑了怎么办"}}}), nil
}

var (
	inputTag  = regexp.MustCompile(`(?s)<input[^>]*>`)
	tagAttr   = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
	areaTag   = regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
	selectTag = regexp.MustCompile(`(?s)<select[^>]*name="([^"]*)".*?</select>`)
	pickedTag = regexp.MustCompile(`<option[^>]*value="([^"]*)"[^>]*selected`)
)

// formOf is what a browser would send of the fields of a page.
func formOf(body []byte) url.Values {
	fields := url.Values{}
	for _, tag := range inputTag.FindAllString(string(body), -1) {
		attrs := map[string]string{}
		for _, m := range tagAttr.FindAllStringSubmatch(strings.TrimPrefix(tag, "<input"), -1) {
			attrs[m[1]] = m[2]
		}
		_, checked := attrs["checked"]
		if name := attrs["name"]; name != "" && (checked || attrs["type"] != "checkbox" && attrs["type"] != "radio") {
			fields.Add(name, html.UnescapeString(attrs["value"]))
		}
	}
	for _, m := range areaTag.FindAllStringSubmatch(string(body), -1) {
		fields.Add(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range selectTag.FindAllStringSubmatch(string(body), -1) {
		if on := pickedTag.FindStringSubmatch(m[0]); on != nil {
			fields.Add(m[1], html.UnescapeString(on[1]))
		}
	}
	return fields
}

// watch tells which keys of Redis are touched while something is done.
type watch struct {
	conn   net.Conn
	lines  *bufio.Scanner
	client *redis.Client
	marks  int
}

func newWatch(tb testing.TB, addr string) *watch {
	tb.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: addr, Protocol: 2, DisableIdentity: true})
	tb.Cleanup(func() { _ = conn.Close(); _ = client.Close() })
	if _, err := conn.Write([]byte("MONITOR\r\n")); err != nil {
		tb.Fatal(err)
	}
	w := &watch{conn: conn, lines: bufio.NewScanner(conn), client: client}
	w.lines.Buffer(nil, 8<<20)
	if !w.lines.Scan() {
		tb.Fatalf("MONITOR: %v", w.lines.Err())
	}
	return w
}

var keyInCommand = regexp.MustCompile(`"(pufa:\{[^"]*)"`)

// during does something and returns how many commands were sent and which keys
// they, and scripts, touched.
func (w *watch) during(do func() error) (commands int, keys []string, err error) {
	w.marks++
	mark := "mark " + strconv.Itoa(w.marks)
	if err := w.client.Echo(context.Background(), mark).Err(); err != nil {
		return 0, nil, err
	}
	if err := do(); err != nil {
		return 0, nil, err
	}
	if err := w.client.Echo(context.Background(), mark).Err(); err != nil {
		return 0, nil, err
	}
	found, seen := map[string]bool{}, 0
	for seen < 2 && w.lines.Scan() {
		line := w.lines.Text()
		switch {
		case strings.Contains(line, mark):
			seen++
			continue
		case seen == 0:
			continue
		case !strings.Contains(line, " lua]"):
			commands++
		}
		for _, m := range keyInCommand.FindAllStringSubmatch(line, -1) {
			found[m[1]] = true
		}
	}
	for key := range found {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return commands, keys, w.lines.Err()
}

func mute() *slog.Logger { return slog.New(slog.DiscardHandler) }

// fillStore fills the store of settings with the year.
func (y *madeYear) fillStore(tb testing.TB, settings config.Settings) (events int64, rebuilt time.Duration) {
	tb.Helper()
	st, err := openEmpty(tb.Context(), settings, y.clock, mute())
	if err != nil {
		tb.Fatal(err)
	}
	if events, rebuilt, err = y.fill(tb.Context(), st); err != nil {
		tb.Fatal(err)
	}
	if err := firstOf(y.open(tb.Context(), st), st.Close()); err != nil {
		tb.Fatal(err)
	}
	return events, rebuilt
}

// Every page of the console opens over a year of staff's work: one that is new
// is opened too, or this test says that it is not named. How fast they are is
// measured by BenchmarkYear.
func TestEveryConsolePageOpensOverAYear(t *testing.T) {
	y := newYear(t, 3660)
	settings := y.settings(t, "")
	if events, _ := y.fillStore(t, settings); events < int64(y.messages) {
		t.Errorf("%d events of %d messages", events, y.messages)
	}
	d := y.openDesk(t, settings)
	result, err := stats.Verify(t.Context(), d.server.store, y.now)
	if err != nil || len(result.Differences) > 0 || result.Lines < y.messages {
		t.Errorf("verify: %d lines, %v, %v", result.Lines, result.Differences, err)
	}
	pages, err := d.pages(y)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		status, body, err := d.open(p)
		if err != nil || status != p.status() || len(body) == 0 {
			t.Errorf("%s: %d, %d bytes, %v", p, status, len(body), err)
		}
	}
}
