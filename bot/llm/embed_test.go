package llm

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pufa/bot"
)

// vectorOf is a made-up embedding: pairs of characters, hashed. Texts that
// share pairs are near.
func vectorOf(text string) []float32 {
	v := make([]float32, 256)
	runes := []rune(text)
	for i := range runes {
		h := fnv.New32a()
		_, _ = h.Write([]byte(string(runes[i:min(i+2, len(runes))])))
		v[h.Sum32()%256]++
	}
	return v
}

// embeds answers as /embeddings does, the last text first.
func embeds(w http.ResponseWriter, r *http.Request, body map[string]any) {
	input, _ := body["input"].([]any)
	var rows []string
	for i, text := range slices.Backward(input) {
		rows = append(rows, fmt.Sprintf(`{"object":"embedding","index":%d,"embedding":%s}`, i, strings.ReplaceAll(fmt.Sprint(vectorOf(text.(string))), " ", ",")))
	}
	says(200, isJSON, `{"object":"list","data":[`+strings.Join(rows, ",")+`],"model":"test-embedding","usage":{"prompt_tokens":7,"total_tokens":7}}`)(w, r, body)
}

var library = func() (list []Text) {
	for i, text := range []string{"房东不退押金", "老板拖欠工资", "网购七天退货", "邻居半夜吵闹", "遗嘱怎么写", "彩礼能不能退", "狗咬了人", "物业不修电梯", "信用卡还不上", "工伤认定", "离婚冷静期", "高空抛物"} {
		list = append(list, Text{fmt.Sprintf("t/%02d", i), text})
	}
	return list
}()

func TestFinderFindsAndKeepsWhatItPaidFor(t *testing.T) {
	s, dir, p := newService(t, embeds), t.TempDir(), &purse{}
	f := NewFinder(s.client(t), dir)
	if _, err := f.Find(t.Context(), p, "押金", 3); err == nil {
		t.Error("it finds before it knows the entries")
	}
	if err := f.Fill(t.Context(), p, library); err != nil {
		t.Fatal(err)
	}
	if n := len(s.requests()); n != 2 || s.requests()[0].path != "/v1/embeddings" {
		t.Errorf("%d requests for %d entries, want 2 batches", n, len(library))
	}
	for _, want := range []string{"房东的押金不退", "拖欠我工资的老板"} {
		ids, err := f.Find(t.Context(), p, want, 3)
		if err != nil || len(ids) != 3 || ids[0] != map[string]string{"房东的押金不退": "t/00", "拖欠我工资的老板": "t/01"}[want] {
			t.Errorf("Find(%q) = %v, %v", want, ids, err)
		}
	}
	before := len(s.requests())
	if _, err := f.Find(t.Context(), p, "房东的押金不退", 3); err != nil || len(s.requests()) != before {
		t.Error("a question that came before is paid for again")
	}
	again := NewFinder(s.client(t), dir)
	if err := again.Fill(t.Context(), p, append(slices.Clone(library), Text{"t/99", "新的条目"})); err != nil || len(s.requests()) != before+1 {
		t.Errorf("a second start: %v, %d requests more, want 1 for the new entry", err, len(s.requests())-before)
	}
	if !strings.Contains(s.requests()[before].raw, "新的条目") || strings.Contains(s.requests()[before].raw, "押金") {
		t.Errorf("the second start embeds %s", s.requests()[before].raw)
	}
	noQuestionOnDisk(t, dir, len(library)+1)
}

func noQuestionOnDisk(t *testing.T, dir string, entries int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "embeddings", "*", "*"))
	if err != nil || len(files) != entries {
		t.Errorf("%d files for %d entries: %v", len(files), entries, err)
	}
}

func TestADamagedCacheIsFilledAgain(t *testing.T) {
	s, dir := newService(t, embeds), t.TempDir()
	if err := NewFinder(s.client(t), dir).Fill(t.Context(), &purse{}, library); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "embeddings", "*", "*"))
	for i, change := range []func([]byte) []byte{
		func(b []byte) []byte { return b[:len(b)/2] },
		func(b []byte) []byte { b[9] ^= 1; return b },
		func([]byte) []byte { return nil },
	} {
		data, err := os.ReadFile(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(files[i], change(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := len(s.requests())
	f := NewFinder(s.client(t), dir)
	if err := f.Fill(t.Context(), &purse{}, library); err != nil || len(s.requests()) != before+1 {
		t.Errorf("Fill: %v, %d requests more, want one for three entries", err, len(s.requests())-before)
	}
	if other := NewFinder(s.client(t, func(c *Config) { c.EmbeddingModel = "another" }), dir); other.Fill(t.Context(), &purse{}, library) != nil || len(s.requests()) != before+3 {
		t.Error("another model is given the vectors of the first")
	}
}

func TestEmbeddingsThatAreNone(t *testing.T) {
	row := func(index int, vector string) string {
		return fmt.Sprintf(`{"object":"embedding","index":%d,"embedding":%s}`, index, vector)
	}
	for name, data := range map[string]string{
		"too few": row(0, "[1,2]"), "one twice": row(0, "[1,2]") + "," + row(0, "[1,2]"), "one too far": row(0, "[1,2]") + "," + row(7, "[1,2]"),
		"not a number": row(0, "[NaN,1]") + "," + row(1, "[1,2]"), "endless": row(0, "[1e999,1]") + "," + row(1, "[1,2]"),
		"all zeros": row(0, "[0,0]") + "," + row(1, "[1,2]"), "empty": row(0, "[]") + "," + row(1, "[]"),
		"two sizes": row(0, "[1,2]") + "," + row(1, "[1,2,3]"), "text": row(0, `"AAAA"`) + "," + row(1, `"AAAA"`), "a page": "<html>",
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, says(200, isJSON, `{"object":"list","data":[`+data+`],"usage":{"prompt_tokens":3,"total_tokens":3}}`))
			dir := t.TempDir()
			f := NewFinder(s.client(t), dir)
			if err := f.Fill(t.Context(), &purse{}, library[:2]); err == nil {
				t.Error("no error")
			}
			noQuestionOnDisk(t, dir, 0)
		})
	}
}

// A library that changes is followed; what fails is tried again, and the
// entries of before are found meanwhile.
func TestRunFollowsTheLibrary(t *testing.T) {
	var broken atomic.Bool
	s := newService(t, func(w http.ResponseWriter, r *http.Request, body map[string]any) {
		if broken.Load() {
			says(500, isJSON, `{"error":{"message":"x","type":"server_error"}}`)(w, r, body)
			return
		}
		embeds(w, r, body)
	})
	f := NewFinder(s.client(t), t.TempDir())
	looked := make(chan struct{})
	entries := func() []Text { looked <- struct{}{}; return library }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Run(ctx, entries, func() bot.Purse { return &purse{} })
	}()
	<-looked
	for f.index.Load() == nil {
		runtime.Gosched()
	}
	cancel()
	<-done
	broken.Store(true)
	if err := f.Fill(t.Context(), &purse{}, append(slices.Clone(library), Text{"t/99", "新的条目"})); err == nil {
		t.Error("a broken service embeds")
	}
	if now := f.index.Load(); len(now.texts) != len(library) {
		t.Errorf("%d entries are known, want those of before", len(now.texts))
	}
	broken.Store(false)
	if err := f.Fill(t.Context(), &purse{}, library[:3]); err != nil || len(f.index.Load().texts) != 3 {
		t.Errorf("fewer entries: %v, %d known", err, len(f.index.Load().texts))
	}
}
