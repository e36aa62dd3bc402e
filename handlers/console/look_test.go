package console

import "testing"

func TestTheFrameInABrowser(t *testing.T) {
	ctx := browser(t)
	d := newDesk(t)
	d.look(t, ctx, "door", Path+"/sign-in")
	d.inBrowser(t, ctx, "王编")
	d.look(t, ctx, "today", Path+"/")
	d.look(t, ctx, "no-page", Path+"/none")
}
