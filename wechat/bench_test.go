package wechat

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"testing"
)

const benchQuestion = "我在网上买了一台洗衣机，用了三天就坏了，商家说已经拆封不给退，请问我能不能七天无理由退货？"

func benchText() []byte {
	return TextMessage(testOpenID, testOriginal, "23456789012345678", benchQuestion, testNow)
}

func benchmarkOpen(b *testing.B, cfg Config, msg []byte) {
	c := mustNew(b, cfg)
	r := sealed(b, cfg, msg)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Open(r.query, r.body, testNow); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B)      { benchmarkOpen(b, safeConfig(), benchText()) }
func BenchmarkOpenPlain(b *testing.B) { benchmarkOpen(b, plainConfig(), benchText()) }
func BenchmarkOpenMassSent(b *testing.B) {
	benchmarkOpen(b, safeConfig(), inbound(b, "mass_sent"))
}

// BenchmarkOpenDenied is what a flood of unsigned requests costs.
func BenchmarkOpenDenied(b *testing.B) {
	c := mustNew(b, safeConfig())
	r := sealed(b, safeConfig(), benchText())
	r.query.Set("signature", "0000000000000000000000000000000000000000")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Open(r.query, r.body, testNow); err == nil {
			b.Fatal("opened")
		}
	}
}

func BenchmarkOpenParallel(b *testing.B) {
	c := mustNew(b, safeConfig())
	r := sealed(b, safeConfig(), benchText())
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.Open(r.query, r.body, testNow); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchmarkReply(b *testing.B, cfg Config) {
	d := delivered(b, cfg, benchText())
	answer := Text(answer600())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Reply(answer, testNow, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// answer600 is as long as a usual answer, about 600 characters.
func answer600() string {
	out := ""
	for len(out) < 1800 {
		out += benchQuestion
	}
	return out
}

func BenchmarkReply(b *testing.B)      { benchmarkReply(b, safeConfig()) }
func BenchmarkReplyPlain(b *testing.B) { benchmarkReply(b, plainConfig()) }

func BenchmarkParse(b *testing.B) {
	msg := benchText()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(msg); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncodingXML reads the same message with the standard library, to
// show what the reader of this package is for.
func BenchmarkEncodingXML(b *testing.B) {
	msg := benchText()
	b.ReportAllocs()
	for b.Loop() {
		var m struct{ ToUserName, FromUserName, CreateTime, MsgType, Content, MsgId string }
		if err := xml.Unmarshal(msg, &m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKey(b *testing.B) {
	m, err := Parse(inbound(b, "click"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if m.Key() == "" {
			b.Fatal("no key")
		}
	}
}

// BenchmarkSendNotice is what a call costs on loopback, both ends included.
func BenchmarkSendNotice(b *testing.B) {
	h := &host{
		token:  numbered,
		answer: says(`{"errcode":0,"errmsg":"ok"}`),
	}
	h.Server = httptest.NewServer(h)
	defer h.Close()
	cfg := h.config()
	cfg.HTTP = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer cfg.HTTP.CloseIdleConnections()
	c, err := NewClient(cfg)
	if err != nil {
		b.Fatal(err)
	}
	n := Notice{TemplateID: "T", Fields: map[string]string{"thing1": "普法讲座"}}
	b.ReportAllocs()
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.SendNotice(b.Context(), testOpenID, n); err != nil {
				b.Fatal(err)
			}
		}
	})
}
