package wechat

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// inbound reads one of the recorded shapes of testdata/inbound; the values in
// them are made up.
func inbound(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "inbound", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestEveryMessageType(t *testing.T) {
	const id = "23456789012345678"
	tests := map[string]Message{
		"text":             {Type: "text", Content: "楼上漏水怎么办", ID: id},
		"text_menu_click":  {Type: "text", Content: "消费维权", MenuID: "topic:consumer", ID: id},
		"image":            {Type: "image", PicURL: "http://example.test/p.jpg", MediaID: "media-1", ID: id},
		"voice":            {Type: "voice", MediaID: "media-2", VoiceFormat: "amr", ID: id},
		"voice_recognised": {Type: "voice", MediaID: "media-2", VoiceFormat: "speex", Recognition: "房东不退押金", ID: id},
		"video":            {Type: "video", MediaID: "media-3", ThumbMediaID: "thumb-3", ID: id},
		"shortvideo":       {Type: "shortvideo", MediaID: "media-4", ThumbMediaID: "thumb-4", ID: id},
		"location": {
			Type: "location", LocationX: "23.134521", LocationY: "113.358803", Scale: "20",
			Label: "幸福路 & 和平街", ID: id,
		},
		"link":            {Type: "link", Title: "标题", Description: "说明", URL: "https://example.test/a?b=1&c=2", ID: id},
		"file":            {Type: "file", Title: "合同.docx", ID: id},
		"miniprogrampage": {Type: "miniprogrampage", Title: "t", ID: id},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) { checkMessage(t, name, want) })
	}
}

func TestEveryEvent(t *testing.T) {
	tests := map[string]Message{
		"subscribe":       {Event: "subscribe"},
		"subscribe_scene": {Event: "subscribe", EventKey: "qrscene_banner-38", Ticket: "TICKET"},
		"unsubscribe":     {Event: "unsubscribe"},
		"scan":            {Event: "SCAN", EventKey: "banner-38", Ticket: "TICKET"},
		"location_event":  {Event: "LOCATION", Latitude: "23.137466", Longitude: "113.352425", Precision: "119.385040"},
		"click":           {Event: "CLICK", EventKey: "topic:women"},
		"view":            {Event: "VIEW", EventKey: "https://example.test/a/women?c=1&d=2", ButtonID: "428"},
		"template_sent":   {Event: "TEMPLATESENDJOBFINISH", JobID: "200163836", Status: StatusTemplateSent},
		"mass_sent": {
			Event: "MASSSENDJOBFINISH", JobID: "1000001625", Status: StatusMassSent,
			Mass: &MassResult{
				TotalCount: "100", FilterCount: "80", SentCount: "75", ErrorCount: "5", CheckState: "2",
				Checks: []CopyrightCheck{
					{
						Index: "1", DeclareState: "0", AuditState: "2", OriginalURL: "https://example.test/o1",
						OriginalType: "1", CanReprint: "1", NeedReplaceContent: "1", NeedShowSource: "1",
					},
					{Index: "2", AuditState: "1"},
				},
				Articles: []MassArticle{{"1", "https://example.test/1"}, {"2", "https://example.test/2"}},
			},
		},
		"mass_refused_by_admin": {
			Event: "MASSSENDJOBFINISH", JobID: "1000001626", Status: "err(40001)",
			Mass: &MassResult{TotalCount: "0", FilterCount: "0", SentCount: "0", ErrorCount: "0"},
		},
		"published": {Event: "PUBLISHJOBFINISH", Publish: &PublishResult{
			ID: "2247503051", Status: "0", ArticleID: "b5O2OUs25HBxRceL7hfReg",
			Articles: []PublishedArticle{{"1", "https://example.test/s"}},
		}},
		"publish_refused": {Event: "PUBLISHJOBFINISH", Publish: &PublishResult{
			ID: "2247503052", Status: "2", FailedIndexes: []string{"1", "3"},
		}},
		"subscription_asked": {Event: "subscribe_msg_popup_event", Subscriptions: []Subscription{
			{TemplateID: "tmpl-1", Choice: "accept", PopupScene: "2"},
			{TemplateID: "tmpl-2", Choice: "reject", PopupScene: "1"},
		}},
		"subscription_change": {Event: "subscribe_msg_change_event", Subscriptions: []Subscription{
			{TemplateID: "tmpl-1", Choice: "reject"},
		}},
		"subscription_sent": {Event: "subscribe_msg_sent_event", Subscriptions: []Subscription{
			{TemplateID: "tmpl-1", JobID: "1700827132819554304", ErrorCode: "0", ErrorStatus: "success"},
		}},
		"scancode_push":   {Event: "scancode_push", EventKey: "6"},
		"pic_sysphoto":    {Event: "pic_sysphoto", EventKey: "6"},
		"location_select": {Event: "location_select", EventKey: "6"},
		"unknown_event":   {Event: "something_new", EventKey: "x"},
	}
	for name, want := range tests {
		want.Type = TypeEvent
		t.Run(name, func(t *testing.T) { checkMessage(t, name, want) })
	}
}

func TestEveryRecordedShapeIsChecked(t *testing.T) {
	files, err := filepath.Glob("testdata/inbound/*.xml")
	if err != nil || len(files) != 30 {
		t.Fatalf("%d recorded shapes, %v; want the 30 of the two tables above", len(files), err)
	}
}

func checkMessage(t *testing.T, name string, want Message) {
	t.Helper()
	want.ToUser, want.FromUser, want.CreateTime = testOriginal, testOpenID, "1348831860"
	got, err := Parse(inbound(t, name))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	type bare Message // prints its fields
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("Parse = %+v\nwant %+v", bare(*got), bare(want))
	}
}

func TestMistakesAreUnreadable(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.xml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d bad files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".xml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m, err := Parse(data)
			if !errors.Is(err, ErrUnreadable) {
				t.Fatalf("Parse = %v, %v; want ErrUnreadable", m, err)
			}
			noSecrets(t, err.Error())
		})
	}
}

func TestOddButReadable(t *testing.T) {
	wrap := func(content string) string {
		return "<xml><FromUserName>o</FromUserName><MsgType>text</MsgType>" + content + "</xml>"
	}
	tests := []struct{ name, xml, want string }{
		{"plain text", wrap("<Content>ab</Content>"), "ab"},
		{"entities", wrap("<Content>&lt;a&gt;&amp;&quot;&apos;&#20013;&#x6587;</Content>"), `<a>&"'中文`},
		{"an entity inside cdata stays", wrap("<Content><![CDATA[&amp;]]></Content>"), "&amp;"},
		{"an entity is not resolved twice", wrap("<Content>&amp;lt;</Content>"), "&lt;"},
		{"text and cdata are joined", wrap("<Content>a<![CDATA[b]]>c<![CDATA[d]]></Content>"), "abcd"},
		{"a cut end mark is joined", wrap("<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>"), "a]]>b"},
		{"an end mark that the platform did not escape", wrap("<Content><![CDATA[a]]>b]]></Content>"), "ab]]>"},
		{"markup inside cdata is text", wrap("<Content><![CDATA[<b>x</b>]]></Content>"), "<b>x</b>"},
		{"a comment inside is skipped", wrap("<Content>a<!-- x -->b</Content>"), "ab"},
		{"blanks are kept", wrap("<Content> a \n</Content>"), " a \n"},
		{"line ends are one kind", wrap("<Content><![CDATA[a\r\nb\rc]]></Content>"), "a\nb\nc"},
		{"a written carriage return stays", wrap("<Content>a&#13;</Content>"), "a\r"},
		{"a control character is replaced", wrap("<Content><![CDATA[a\x00b\x0bc]]></Content>"), "a\uFFFDb\uFFFDc"},
		{"a written control character is replaced", wrap("<Content>a&#0;&#xFFFF;</Content>"), "a\uFFFD\uFFFD"},
		{"a written surrogate is replaced", wrap("<Content>&#xD800;</Content>"), "\uFFFD"},
		{"broken utf-8 is replaced", wrap("<Content><![CDATA[a\xffb\xe4\xb8]]></Content>"), "a\uFFFDb\uFFFD\uFFFD"},
		{"a noncharacter is replaced", wrap("<Content>a\uFFFE</Content>"), "a\uFFFD"},
		{"an emoji is kept", wrap("<Content><![CDATA[救命😭👨‍👩‍👧]]></Content>"), "救命😭👨‍👩‍👧"},
		{"of two values the first counts", wrap("<Content>a</Content><Content>b</Content>"), "a"},
		{"of two values the first not empty counts", wrap("<Content/><Content>b</Content>"), "b"},
		{"an element with others inside is no field", wrap("<Content>a<b>c</b></Content>"), ""},
		{"a field of the same name deeper is another", wrap("<A><Content>x</Content></A><Content>y</Content>"), "y"},
		{"attributes are skipped", wrap(`<Content a="1>" b='2"'>x</Content>`), "x"},
		{"blanks inside tags", wrap("<Content \n>x</Content\t>"), "x"},
		{"a declaration and blanks around", "<?xml version=\"1.0\"?>\n<!-- a -->" + wrap("<Content>x</Content>") + "\n", "x"},
		{"a byte order mark", "\ufeff" + wrap("<Content>x</Content>"), "x"},
		{"the deepest allowed", wrap("<a><a><a><a><a><a><a/></a></a></a></a></a></a><Content>x</Content>"), "x"},
		{"the longest allowed", wrap("<Content>" + strings.Repeat("x", maxField) + "</Content>"), strings.Repeat("x", maxField)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Parse([]byte(tt.xml))
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			if m.Content != tt.want {
				t.Errorf("Content = %.80q, want %.80q", m.Content, tt.want)
			}
		})
	}
}

func TestKeyTellsDeliveriesApart(t *testing.T) {
	event := Message{Type: "event", FromUser: "o1", CreateTime: "10", Event: "CLICK", EventKey: "k"}
	change := func(f func(*Message)) Message {
		m := event
		f(&m)
		return m
	}
	all := map[string]Message{
		"a message":                      {ID: "1", FromUser: "o1"},
		"another message":                {ID: "2", FromUser: "o1"},
		"an event":                       event,
		"another sender":                 change(func(m *Message) { m.FromUser = "o2" }),
		"another second":                 change(func(m *Message) { m.CreateTime = "11" }),
		"another event":                  change(func(m *Message) { m.Event = "VIEW" }),
		"another event key":              change(func(m *Message) { m.EventKey = "k2" }),
		"a job":                          change(func(m *Message) { m.JobID = "k" }),
		"a job instead of a key":         change(func(m *Message) { m.JobID, m.EventKey = "k", "" }),
		"a publication":                  change(func(m *Message) { m.Publish = &PublishResult{ID: "k"} }),
		"a template":                     change(func(m *Message) { m.Subscriptions = []Subscription{{TemplateID: "t"}} }),
		"two templates":                  change(func(m *Message) { m.Subscriptions = []Subscription{{TemplateID: "t"}, {TemplateID: "u"}} }),
		"a notice":                       change(func(m *Message) { m.Subscriptions = []Subscription{{TemplateID: "t", JobID: "1"}} }),
		"parts moved to the left":        change(func(m *Message) { m.FromUser, m.CreateTime = "o110", "" }),
		"parts moved to the right":       change(func(m *Message) { m.FromUser, m.CreateTime = "", "o110" }),
		"a length inside a part":         change(func(m *Message) { m.FromUser, m.CreateTime = "o12:10", "" }),
		"an id that looks like an event": {ID: event.Key()},
	}
	seen := map[string]string{}
	for name, m := range all {
		key := m.Key()
		if other, ok := seen[key]; ok {
			t.Errorf("%q and %q have the key %q", name, other, key)
		}
		seen[key] = name
	}
	if got, want := event.Key(), "e2:o12:105:CLICK1:k0:0:"; got != want {
		t.Errorf("Key = %q, want %q", got, want)
	}
}

func TestARepeatedDeliveryHasTheSameKey(t *testing.T) {
	first, err := Parse(TextMessage(testOpenID, testOriginal, "77", "a", testNow))
	if err != nil {
		t.Fatal(err)
	}
	second, err := Parse(TextMessage(testOpenID, testOriginal, "77", "a", testNow))
	if err != nil {
		t.Fatal(err)
	}
	if first.Key() != second.Key() || first.Key() != "m2:77" {
		t.Errorf("keys %q and %q, want m2:77 twice", first.Key(), second.Key())
	}
}

func TestLazyValues(t *testing.T) {
	m := Message{CreateTime: "1348831860"}
	if at, err := m.Time(); err != nil || !at.Equal(time.Date(2012, 9, 28, 19, 31, 0, 0, time.FixedZone("", 8*3600))) {
		t.Errorf("Time = %v, %v", at, err)
	}
	for _, bad := range []string{"", "x", "9223372036854775808"} {
		m.CreateTime = bad
		if _, err := m.Time(); err == nil {
			t.Errorf("Time of %q gives no error", bad)
		}
	}
	scenes := map[string]Message{
		"banner": {Type: "event", Event: "subscribe", EventKey: "qrscene_banner"},
		"b2":     {Type: "event", Event: "SCAN", EventKey: "b2"},
	}
	for want, m := range scenes {
		if got := m.Scene(); got != want {
			t.Errorf("Scene = %q, want %q", got, want)
		}
	}
	for _, m := range []Message{
		{Type: "event", Event: "subscribe", EventKey: "last_trade_no_1"},
		{Type: "event", Event: "CLICK", EventKey: "qrscene_x"},
		{Type: "text", Event: "SCAN", EventKey: "x"},
	} {
		if got := m.Scene(); got != "" {
			t.Errorf("Scene of %s with key %q = %q, want none", m.Event, m.EventKey, got)
		}
	}
}

func TestPosition(t *testing.T) {
	tests := []struct {
		name     string
		m        Message
		lat, lon float64
		ok       bool
	}{
		{"of a message", Message{Type: "location", LocationX: "23.5", LocationY: "113.25"}, 23.5, 113.25, true},
		{"of an event", Message{Type: "event", Event: "LOCATION", Latitude: "-1", Longitude: "-180"}, -1, -180, true},
		{"of a text", Message{Type: "text"}, 0, 0, false},
		{"not a number", Message{Type: "location", LocationX: "NaN", LocationY: "1"}, 0, 0, false},
		{"infinite", Message{Type: "location", LocationX: "1", LocationY: "Inf"}, 0, 0, false},
		{"north of the pole", Message{Type: "location", LocationX: "90.1", LocationY: "1"}, 0, 0, false},
		{"half of it missing", Message{Type: "location", LocationX: "9"}, 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lat, lon, ok := tt.m.Position()
			if lat != tt.lat || lon != tt.lon || ok != tt.ok {
				t.Errorf("Position = %v, %v, %v; want %v, %v, %v", lat, lon, ok, tt.lat, tt.lon, tt.ok)
			}
		})
	}
}

func TestMassCounts(t *testing.T) {
	r := MassResult{TotalCount: "100", FilterCount: "80", SentCount: "75", ErrorCount: "5"}
	if got, err := r.Counts(); err != nil || got != (MassCounts{100, 80, 75, 5}) {
		t.Errorf("Counts = %+v, %v", got, err)
	}
	for _, bad := range []string{"", "-1", "1.5", "x", "9223372036854775808"} {
		r.SentCount = bad
		if _, err := r.Counts(); err == nil || !strings.Contains(err.Error(), "SentCount") {
			t.Errorf("Counts with %q sent: error %v, want it to name SentCount", bad, err)
		}
	}
}
