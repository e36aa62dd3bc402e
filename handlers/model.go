package handlers

import (
	"github.com/prometheus/client_golang/prometheus"

	"pufa/bot"
)

// purse is what pays for a model's help with one delivery; nil where none is
// asked.
func (s *Site) purse(a Arrival) bot.Purse {
	if s.Purse == nil {
		return nil
	}
	return s.Purse(a)
}

var (
	modelCallsDesc   = prometheus.NewDesc("pufa_model_calls_total", "Questions for which a model's helper was wanted, by how it ended.", []string{"helper", "end"}, nil)
	modelTokensDesc  = prometheus.NewDesc("pufa_model_tokens_total", "Tokens that the service says it took.", []string{"helper", "kind"}, nil)
	modelEffectsDesc = prometheus.NewDesc("pufa_model_effects_total", "What became of replies for which a model's help was wanted.", []string{"effect"}, nil)
	modelSecondsDesc = prometheus.NewDesc("pufa_model_seconds_total", "Time that calls to the model took together, in seconds.", []string{"helper"}, nil)
)

// modelCollector asks what the helpers did whenever the figures are read.
type modelCollector struct {
	uses    func() []bot.Use
	effects func() map[bot.Effect]int64
}

// Describe implements prometheus.Collector.
func (modelCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- modelCallsDesc
	ch <- modelTokensDesc
	ch <- modelSecondsDesc
	ch <- modelEffectsDesc
}

// Collect implements prometheus.Collector.
func (m modelCollector) Collect(ch chan<- prometheus.Metric) {
	counter := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	for _, u := range m.uses() {
		for _, end := range bot.Ends() { // those that did not come about too: 0 is a figure
			counter(modelCallsDesc, float64(u.Ends[end]), u.Helper, string(end))
		}
		counter(modelTokensDesc, float64(u.PromptTokens), u.Helper, "prompt")
		counter(modelTokensDesc, float64(u.CompletionTokens), u.Helper, "completion")
		counter(modelSecondsDesc, u.Took.Seconds(), u.Helper)
	}
	effects := m.effects()
	for _, e := range bot.Effects() {
		counter(modelEffectsDesc, float64(effects[e]), string(e))
	}
}
