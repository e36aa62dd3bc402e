package web

import (
	"strings"
	"testing"
)

func posterPage(t *testing.T, p *Pages, size string) string {
	t.Helper()
	page, err := p.Poster(PosterPage{Scene: "east-gate", Size: size, Title: "A4", Back: "/console/posters/east-gate", SVG: `<svg viewBox="0 0 1 1"></svg>`})
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// The page of a poster has the paper of its size, and nothing that the
// console's policy forbids.
func TestPosterPage(t *testing.T) {
	p := newPages(t)
	for size, paper := range map[string]string{"a4": "size: A4 portrait", "a3": "size: A3 portrait", "screen": "size: 1080px 1920px"} {
		page := posterPage(t, p, size)
		for _, want := range []string{`<svg viewBox="0 0 1 1"></svg>`, `href="/console/posters/east-gate"`, "/static/poster-" + size + ".css", "/static/poster.css"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %s", size, want)
			}
		}
		for _, word := range []string{"<style", "style=", "<script", "onclick"} {
			if strings.Contains(page, word) {
				t.Errorf("%s holds %s, which the policy forbids", size, word)
			}
		}
		if css := string(p.assets["poster-"+size+".css"].data); !strings.Contains(css, paper) || !strings.Contains(css, "margin: 0") {
			t.Errorf("the style of %s is %s", size, css)
		}
	}
	under, err := p.Under("演示")
	if err != nil || !strings.Contains(posterPage(t, under, "a4"), "演示") {
		t.Errorf("a demonstration does not say so (%v)", err)
	}
}
