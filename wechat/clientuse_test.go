package wechat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUploads(t *testing.T) {
	png := append([]byte("\x89PNG\x0d\x0a\x1a\x0a"), make([]byte, 100)...)
	jpg := append([]byte("\xff\xd8\xff"), make([]byte, 100)...)
	tests := []struct {
		name, answer, path, kind, file string
		call                           func(*clientRig) (any, error)
		want                           any
	}{
		{
			"a picture of an article", `{"url":"https://example.test/p"}`, "/cgi-bin/media/uploadimg", "", "picture.png",
			func(c *clientRig) (any, error) { return c.UploadImage(c.ctx(), png) }, "https://example.test/p",
		},
		{
			"a picture of the materials", `{"media_id":"MEDIA","url":"https://example.test/p"}`, "/cgi-bin/material/add_material", "image", "picture.png",
			func(c *clientRig) (any, error) { return c.AddMaterial(c.ctx(), MaterialImage, png) },
			Material{"MEDIA", "https://example.test/p"},
		},
		{
			"a thumb", `{"media_id":"MEDIA"}`, "/cgi-bin/material/add_material", "thumb", "picture.jpg",
			func(c *clientRig) (any, error) { return c.AddMaterial(c.ctx(), MaterialThumb, jpg) },
			Material{MediaID: "MEDIA"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, tt.answer)
			got, err := tt.call(h.rig(t))
			if err != nil || got != tt.want {
				t.Fatalf("got %v, %v, want %v", got, err, tt.want)
			}
			made := h.calls[0]
			if made.path != tt.path || made.query.Get("type") != tt.kind {
				t.Errorf("made %s of type %q", made.path, made.query.Get("type"))
			}
			_, params, err := mime.ParseMediaType(made.kind)
			if err != nil {
				t.Fatal(err)
			}
			part, err := multipart.NewReader(strings.NewReader(made.body), params["boundary"]).NextPart()
			if err != nil {
				t.Fatal(err)
			}
			data, _ := io.ReadAll(part)
			if part.FormName() != "media" || part.FileName() != tt.file || len(data) < 100 {
				t.Errorf("part %q, file %q, %d bytes", part.FormName(), part.FileName(), len(data))
			}
		})
	}
}

func TestAnswersThatLackWhatWasAsked(t *testing.T) {
	png := []byte("\x89PNG\x0d\x0a\x1a\x0a")
	mass := MassMessage{Audience: Tag(1), Content: MassText("您好"), Key: "k"}
	calls := map[string]func(*clientRig) error{
		"message":  func(c *clientRig) error { return c.SendMessage(c.ctx(), testOpenID, CustomerText("您好")) },
		"mass":     func(c *clientRig) error { _, err := c.SendMass(c.ctx(), mass); return err },
		"state":    func(c *clientRig) error { _, err := c.MassStateOf(c.ctx(), 1); return err },
		"draft":    func(c *clientRig) error { _, err := c.AddDraft(c.ctx(), []DraftArticle{article()}); return err },
		"publish":  func(c *clientRig) error { _, err := c.Publish(c.ctx(), "MEDIA"); return err },
		"progress": func(c *clientRig) error { _, _, err := c.PublishStateOf(c.ctx(), "1"); return err },
		"image":    func(c *clientRig) error { _, err := c.UploadImage(c.ctx(), png); return err },
		"material": func(c *clientRig) error { _, err := c.AddMaterial(c.ctx(), MaterialImage, png); return err },
		"tag":      func(c *clientRig) error { _, err := c.CreateTag(c.ctx(), "x"); return err },
		"code":     func(c *clientRig) error { _, err := c.CreatePermanentCode(c.ctx(), "x"); return err },
		"quota":    func(c *clientRig) error { _, err := c.CallQuota(c.ctx(), "/x"); return err },
	}
	for name, call := range calls {
		for _, answer := range []string{`{}`, `{"errcode":0,"errmsg":"ok"}`, `{"errcode":0,"msg_id":0,"msg_status":"?","publish_status":99}`} {
			h := newHost(t, answer)
			err := call(h.rig(t))
			if name == "message" && answer != "{}" {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			changes := name != "state" && name != "progress" && name != "quota"
			if err == nil || MaybeAccepted(err) != changes {
				t.Errorf("%s with %s: error %v, maybe %t, want %t", name, answer, err, MaybeAccepted(err), changes)
			}
		}
	}
}

func TestReadingIsRepeatedWhenThePlatformIsBusy(t *testing.T) {
	h := newHost(t, "")
	h.answer = func(w http.ResponseWriter, r *http.Request, n int) {
		if n < 3 {
			says(`{"errcode":-1}`)(w, r, n)
			return
		}
		says(`{"tags":[]}`)(w, r, n)
	}
	if _, err := h.rig(t).Tags(t.Context()); err != nil {
		t.Error(err)
	}
	if calls, _ := h.count(); calls != 3 {
		t.Errorf("%d calls, want 3", calls)
	}
}

func TestTheLedgerDecides(t *testing.T) {
	const ok = `{"errcode":0,"errmsg":"ok"}`
	tests := []struct {
		name, answer string
		refuse       error
		kind         Kind
		calls        int
		taken, back  int
		shut         int
		outside      bool
	}{
		{"a message left", ok, nil, "", 1, 1, 0, 0, false},
		{"no message for 48 hours", ok, ErrOutside48h, Outside48h, 0, 0, 0, 0, false},
		{"no message left", ok, ErrCountUsed, CountUsed, 0, 0, 0, 0, false},
		{"no ledger", ok, errAway, Retry, 0, 0, 0, 0, false},
		{"the platform counted more", `{"errcode":45047}`, nil, CountUsed, 1, 1, 0, 1, false},
		{"the platform says it is too late", `{"errcode":45015}`, nil, Outside48h, 1, 1, 0, 1, true},
		{"refused for another reason", `{"errcode":45011}`, nil, RateLimited, 1, 1, 1, 0, false},
		{"busy", `{"errcode":-1}`, nil, Retry, 1, 1, 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, tt.answer)
			ledger := &countingLedger{refuse: tt.refuse}
			r := h.rig(t, func(c *ClientConfig) { c.Ledger = ledger })
			err := r.SendMessage(t.Context(), testOpenID, CustomerText("您好"))
			if KindOf(err) != tt.kind {
				t.Errorf("error %v of kind %q, want %q", err, KindOf(err), tt.kind)
			}
			calls, _ := h.count()
			got := []int{calls, ledger.taken, ledger.returned, ledger.shut}
			if diff := cmp.Diff([]int{tt.calls, tt.taken, tt.back, tt.shut}, got); diff != "" || ledger.outside != tt.outside {
				t.Errorf("calls, taken, returned, shut (-want +got), outside %t:\n%s", ledger.outside, diff)
			}
		})
	}
}

func TestFollowersPageByPage(t *testing.T) {
	h := newHost(t, "")
	h.answer = func(w http.ResponseWriter, r *http.Request, _ int) {
		switch r.URL.Query().Get("next_openid") {
		case "":
			io.WriteString(w, `{"total":3,"count":2,"data":{"openid":["a","b"]},"next_openid":"b"}`)
		case "b":
			io.WriteString(w, `{"total":3,"count":1,"data":{"openid":["c"]},"next_openid":"c"}`)
		case "c":
			io.WriteString(w, `{"total":3,"count":0,"next_openid":""}`)
		default:
			io.WriteString(w, `{"total":3,"count":1,"data":{"openid":["x"]},"next_openid":"loop"}`)
		}
	}
	r := h.rig(t)
	for from, want := range map[string]string{"": "a b c", "b": "c", "c": ""} {
		var got []string
		for page, err := range r.Followers(t.Context(), from) {
			if err != nil || page.Total != 3 {
				t.Fatalf("page of %d, %v", page.Total, err)
			}
			got = append(got, page.OpenIDs...)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("from %q: %v, want %s", from, got, want)
		}
	}
	for page := range r.Followers(t.Context(), "") {
		if page.Next != "b" {
			t.Errorf("next = %q, want b", page.Next)
		}
		break
	}
	var last error
	for _, err := range r.Followers(t.Context(), "loop") {
		last = err
	}
	if last == nil {
		t.Error("a page that leads to itself is no error")
	}
}

func TestClientSettings(t *testing.T) {
	_, err := NewClient(ClientConfig{BaseURL: "ftp://x?y"})
	for _, want := range []string{"app id is empty", "app secret is empty", "base address", "http client", "token store", "message ledger"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %q", err, want)
		}
	}
	cfg := newHost(t, "").config()
	cfg.BaseURL, cfg.Now, cfg.Log = "", nil, nil
	c, err := NewClient(cfg)
	if err != nil || c.base != DefaultBase || c.now == nil {
		t.Errorf("client of defaults: %v, %v", c, err)
	}
}

func TestNothingOutboundPrintsASecret(t *testing.T) {
	h := newHost(t, `{"errcode":40003}`)
	r := h.rig(t)
	err := r.SendMessage(t.Context(), testOpenID, CustomerText("private words"))
	cfg := h.config()
	page := FollowerPage{Total: 1, OpenIDs: []string{testOpenID}, Next: testOpenID}
	mass := MassMessage{Audience: OpenIDs([]string{testOpenID, "o1-follower"}), Content: MassText("private words"), Key: "k"}
	notice := Notice{TemplateID: "T", Fields: map[string]string{"thing1": "private words"}}
	nested := struct{ Inner any }{cfg}
	for _, v := range []any{r.Client, cfg, &cfg, nested, err, page, mass, mass.Audience, notice, CustomerText("private words"), CustomerMenu("private words", nil, "")} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			noOutboundSecrets(t, fmt.Sprintf(verb, v))
		}
		var buf bytes.Buffer
		slog.New(slog.NewJSONHandler(&buf, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&buf, nil)).Info("x", "v", v)
		if _, is := v.(Audience); is {
			text, _ := json.Marshal(v)
			buf.Write(text)
		}
		noOutboundSecrets(t, buf.String())
	}
}
