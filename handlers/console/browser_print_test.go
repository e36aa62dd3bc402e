package console

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"pufa/campaign"
)

// onPaper shows a page as it is printed on A4, whatever colours the screen has.
func (d *desk) onPaper(t *testing.T, ctx context.Context, path string) {
	t.Helper()
	media := emulation.SetEmulatedMediaParams{Media: "print"}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	run(t, ctx, chromedp.EmulateViewport(718, 1000), chromedp.Navigate(d.URL+path), chromedp.WaitVisible(chromedp.CSS("h1")))
}

// controls are what paper has no use for.
const controls = `[...document.querySelectorAll('button, .button, .top nav, .top form, .filter, .tabs, .pager, input:not([type=hidden])')]
	.filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))`

func TestPrintedPagesInABrowser(t *testing.T) {
	figures, _ := figuresDesk(t, newTown(t, 100))
	pushes := newPushDesk(t, verifiedService)
	sent := pushes.brought(t, aMass(), campaign.Done)
	for _, c := range []struct {
		name, who, path string
		desk            *desk
		keeps           string
	}{
		{"figures", "查看员", figuresPath, figures, "收到的消息"},
		{"rules", "查看员", figuresPath + "/rules", figures, "K01"},
		{"activities", "查看员", activityPath, figures, "线下活动"},
		{"campaign-list", "孙看", campaignsPath + "?year=2027", pushes.desk, "三八群发"},
		{"campaign", "孙看", campaignURL(sent.ID), pushes.desk, "产假有多少天"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := browser(t)
			c.desk.inBrowser(t, ctx, c.who)
			c.desk.onPaper(t, ctx, c.path)
			if left := eval[[]string](t, ctx, controls); len(left) > 0 {
				t.Errorf("on paper there are %s", strings.Join(left, "\n"))
			}
			if over := eval[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
				t.Errorf("%d px stand beside the paper", over)
			}
			if ground := eval[string](t, ctx, `getComputedStyle(document.body).backgroundColor`); ground != "rgb(255, 255, 255)" {
				t.Errorf("the ground is %s", ground)
			}
			if text := shown(t, ctx); !strings.Contains(text, c.keeps) {
				t.Errorf("%s is not printed: %s", c.keeps, text)
			}
			shot(t, ctx, "print-"+c.name)
		})
	}
}
