package handlers

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"pufa/bot"
	"pufa/wechat"
)

// instant answers at once and claims everything, so that only our own path is
// measured.
type instant struct{ text string }

func (instant) CrisisCard(string) (string, bool) { return "", false }
func (instant) CardText(string) string           { return "" }
func (i instant) Reply(context.Context, bot.Message) bot.Reply {
	return bot.Reply{Outcome: bot.Answered, Text: i.text, Entry: "consumer/returns", Topic: "consumer"}
}

func (instant) Claim(context.Context, Arrival) (Claim, error) {
	return Claim{State: Ours, Recent: 1}, nil
}
func (instant) Commit(context.Context, Claim, Result) error        { return nil }
func (instant) CommitLater(context.Context, Arrival, Result) error { return nil }

// BenchmarkCallback measures one encrypted message and its encrypted reply of
// 856 bytes, log line included, without network and store.
func BenchmarkCallback(b *testing.B) {
	fake := instant{strings.Repeat("能退。", 95)[:856-856%9]}
	r := newRig(b, func(c *Config) {
		c.Bot, c.Inbox, c.Now = fake, fake, time.Now
		c.Log = slog.New(slog.NewJSONHandler(io.Discard, nil))
	})
	q, body, err := r.Callback.Seal(r.text("网上买的东西不喜欢，七天内能退吗？"), time.Now(), nil)
	if err != nil {
		b.Fatal(err)
	}
	target := "/wechat?" + q.Encode()
	h := r.Handler()
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, target, bytes.NewReader(body)))
		if w.Code != 200 || w.Body.Len() < 1000 {
			b.Fatalf("status %d, %d bytes", w.Code, w.Body.Len())
		}
	}
}

// BenchmarkBareGin is the same without anything of ours: a handler that reads
// the body and writes as many bytes.
func BenchmarkBareGin(b *testing.B) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	answer := bytes.Repeat([]byte("x"), 1500)
	e.POST("/wechat", func(c *gin.Context) {
		if _, err := io.Copy(io.Discard, c.Request.Body); err != nil {
			b.Error(err)
		}
		c.Data(http.StatusOK, kindXML, answer)
	})
	body := wechat.TextMessage(openid, original, strconv.Itoa(1), "网上买的东西不喜欢，七天内能退吗？", time.Now())
	b.ReportAllocs()
	for b.Loop() {
		e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/wechat?signature=x&timestamp=1&nonce=2", bytes.NewReader(body)))
	}
}
