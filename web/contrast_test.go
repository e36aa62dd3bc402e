package web

import (
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// minContrast is WCAG 2.2 level AAA for text of any size.
const minContrast = 7

// The pairs are text and the ground it stands on, wherever the styles put them.
func TestContrast(t *testing.T) {
	for name, more := range map[string][][2]string{
		"style.css":   nil,
		"console.css": {{"good-ink", "good"}, {"bad-ink", "bad"}, {"note-ink", "note"}},
	} {
		t.Run(name, func(t *testing.T) { testContrast(t, name, more) })
	}
}

func testContrast(t *testing.T, file string, more [][2]string) {
	css, err := fs.ReadFile(files, "static/"+file)
	if err != nil {
		t.Fatal(err)
	}
	light, rest, ok := strings.Cut(string(css), "@media (prefers-color-scheme: dark)")
	if !ok {
		t.Fatalf("%s has no dark colours", file)
	}
	dark, _, _ := strings.Cut(rest, "\n*")
	pairs := append(more, [][2]string{
		{"ink", "sheet"},
		{"ink", "paper"},
		{"ink", "soft"},
		{"quiet", "sheet"},
		{"quiet", "paper"},
		{"quiet", "soft"},
		{"link", "sheet"},
		{"link", "paper"},
		{"link", "soft"},
		{"seal", "sheet"},
		{"seal", "paper"},
		{"seal", "soft"},
		{"note-ink", "note"},
		{"on-seal", "seal"},
		{"mine-ink", "mine"},
		{"sheet", "link"},
	}...)
	for name, block := range map[string]string{"light": light, "dark": dark} {
		colours := readColours(t, block)
		for _, p := range pairs {
			if c := contrast(colours[p[0]], colours[p[1]]); c < minContrast {
				t.Errorf("%s: %s on %s has a contrast of %.1f, want %d", name, p[0], p[1], c, minContrast)
			}
		}
	}
}

func readColours(t *testing.T, css string) map[string][3]float64 {
	t.Helper()
	out := map[string][3]float64{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(css, -1) {
		var rgb [3]float64
		for i := range rgb {
			n, err := strconv.ParseUint(m[2][2*i:2*i+2], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			rgb[i] = float64(n) / 255
		}
		out[m[1]] = rgb
	}
	if len(out) < 12 {
		t.Fatalf("only %d colours found", len(out))
	}
	return out
}

// contrast is the ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b [3]float64) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(c [3]float64) float64 {
	linear := func(v float64) float64 {
		if v <= .04045 {
			return v / 12.92
		}
		return math.Pow((v+.055)/1.055, 2.4)
	}
	return .2126*linear(c[0]) + .7152*linear(c[1]) + .0722*linear(c[2])
}
