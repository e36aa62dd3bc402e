package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pufa/stats"
)

// made is half past midnight of 1 April in Shanghai, still March in UTC.
var made = time.Date(2026, 3, 31, 16, 30, 0, 0, time.UTC)

func march(t *testing.T) stats.Period {
	t.Helper()
	p, err := stats.ParsePeriod("2026-03-01", "2026-03-31")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	err := JSON(&out, Report{Compared: stats.Compared{Period: march(t), Now: made, Figures: []stats.Figure{
		{ID: "messages", Rule: "K01", Cell: stats.Cell{Value: 12}, By: map[string]map[string]stats.Cell{
			"topic": {"women": {Hidden: true}, "consumer": {Value: 7}, "dv": {Value: 0}},
		}},
		{ID: "residents", Rule: "K16", Cell: stats.Cell{Missing: true}},
		{ID: "none", Rule: "K08", Cell: stats.Cell{Hidden: true, Value: 3}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "from": "2026-03-01",
  "to": "2026-03-31",
  "made_at": "2026-04-01T00:30:00+08:00",
  "figures": [
    {
      "id": "messages",
      "rule": "K01",
      "value": 12,
      "hidden": false,
      "by": {
        "topic": {
          "consumer": {
            "value": 7,
            "hidden": false
          },
          "dv": {
            "value": 0,
            "hidden": false
          },
          "women": {
            "value": null,
            "hidden": true
          }
        }
      }
    },
    {
      "id": "residents",
      "rule": "K16",
      "value": null,
      "hidden": false,
      "by": {}
    },
    {
      "id": "none",
      "rule": "K08",
      "value": null,
      "hidden": true,
      "by": {}
    }
  ]
}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func TestJSONOfNothing(t *testing.T) {
	var out bytes.Buffer
	if err := JSON(&out, Report{Compared: stats.Compared{Period: march(t), Now: made}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"figures": []`) {
		t.Errorf("no empty list of figures in %s", &out)
	}
}

// TestReportHasTheShapeThatIsPromised reads a report the way another program
// does, and refuses any key that is not promised.
func TestReportHasTheShapeThatIsPromised(t *testing.T) {
	in := stats.Input{
		Period: march(t), Now: made,
		Days: map[string]map[string]int64{"20260308": {
			"message|answered|consumer|3.15|text|0": 9, "message|answered|women|3.8|text|0": 3, "message|crisis||||0": 1, "hour|09": 12,
		}},
		Entries: map[string][]string{"consumer/fraud": {"3.15"}, "women/harassment": {"3.8"}, "dv/police": nil},
	}
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if err := JSON(out, Report{Compared: stats.Compared{Period: in.Period, Now: made, Figures: stats.Figures(in)}}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same report was written in two ways")
	}
	type cell struct {
		Value  *int64 `json:"value"`
		Hidden *bool  `json:"hidden"`
	}
	var got struct {
		From, To string
		MadeAt   time.Time `json:"made_at"`
		Figures  []struct {
			ID, Rule string
			cell
			By map[string]map[string]cell
		}
	}
	d := json.NewDecoder(&first)
	d.DisallowUnknownFields()
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if !got.MadeAt.Equal(made) || len(got.Figures) != len(stats.Rules()) {
		t.Fatalf("made at %s, %d figures", got.MadeAt, len(got.Figures))
	}
	m := got.Figures[0]
	if m.ID != "messages" || m.Rule != "K01" || m.Value == nil || *m.Value != 13 {
		t.Errorf("first figure %+v, want 13 messages", m)
	}
	women := m.By["topic"]["women"]
	if women.Value != nil || women.Hidden == nil || !*women.Hidden {
		t.Errorf("three messages about women are shown: %+v", women)
	}
	for i, r := range stats.Rules() {
		if f := got.Figures[i]; f.ID != r.ID || f.Rule != r.Number || f.Hidden == nil || f.By == nil {
			t.Errorf("figure %d is %+v, want %s", i, f, r.ID)
		}
	}
	if i := slices.IndexFunc(stats.Rules(), func(r stats.Rule) bool { return r.ID == "crisis" }); *got.Figures[i].Value != 1 {
		t.Errorf("crises %d, want 1", *got.Figures[i].Value)
	}
}

type fullDisk struct{}

var errFull = errors.New("no space left on device")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestJSONSaysWhenItCannotWrite(t *testing.T) {
	if err := JSON(fullDisk{}, Report{Compared: stats.Compared{Period: march(t), Now: made}}); !errors.Is(err, errFull) {
		t.Errorf("JSON = %v, want the error of the disk", err)
	}
}
