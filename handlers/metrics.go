package handlers

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"pufa/bot"
)

// Kinds of reply that are no outcome of the bot. They are labels only.
const (
	repeated bot.Outcome = "repeated" // a delivery that was answered before, or is being answered
	tested   bot.Outcome = "test"     // from /try or a test account
)

// metrics are the figures for machines. No label comes from a resident.
type metrics struct {
	registry *prometheus.Registry
	replies  map[bot.Outcome]prometheus.Counter
	duration prometheus.Histogram
	refused  struct{ denied, unreadable, tooLarge prometheus.Counter }

	storeErrors, late, lost, unsendable, panics, opens, scans, helped prometheus.Counter
}

func newMetrics(cfg Config) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), replies: map[bot.Outcome]prometheus.Counter{}}
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
		m.registry.MustRegister(c)
		return c
	}
	replies := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "pufa_replies_total", Help: "Deliveries answered, by kind of reply.",
	}, []string{"outcome"})
	for _, o := range []bot.Outcome{
		bot.Answered, bot.Menu, bot.Referred, bot.Crisis, bot.Command, bot.Limited, bot.None, repeated, tested,
	} {
		m.replies[o] = replies.WithLabelValues(string(o))
	}
	m.duration = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "pufa_reply_seconds", Help: "From the whole request to the reply, in seconds.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 4.5, 5},
	})
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "pufa_callback_refused_total", Help: "Callback requests that made no message, by reason.",
	}, []string{"reason"})
	m.refused.denied = refused.WithLabelValues("denied")
	m.refused.unreadable = refused.WithLabelValues("unreadable")
	m.refused.tooLarge = refused.WithLabelValues("too_large")
	m.storeErrors = counter("pufa_store_errors_total", "Claims, page opens and scans that the store refused.")
	m.late = counter("pufa_commits_late_total", "Messages answered without a claim, whose counts wait.")
	m.lost = counter("pufa_commits_lost_total", "Messages that could not be counted.")
	m.unsendable = counter("pufa_replies_unsendable_total", "Replies that the protocol does not allow.")
	m.panics = counter("pufa_panics_total", "Requests that ended in a panic.")
	m.opens = counter("pufa_page_opens_total", "Opens of entry pages given to the store to count.")
	m.scans = counter("pufa_scans_total", "Scans of posters' codes given to the store to count.")
	m.helped = counter("pufa_replies_model_total", "Replies in which a model chose entries or sentences.")
	if cfg.ModelUses != nil {
		m.registry.MustRegister(modelCollector{cfg.ModelUses, cfg.ModelEffects})
	}
	m.registry.MustRegister(replies, m.duration, refused, healthCollector{cfg.Health},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// replied counts one answered delivery.
func (m *metrics) replied(outcome bot.Outcome, test bool, took time.Duration) {
	if test {
		outcome = tested
	}
	if c, ok := m.replies[outcome]; ok {
		c.Inc()
	}
	m.duration.Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}
