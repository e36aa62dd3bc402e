package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

// healthTime is how long the state may take to find out.
const healthTime = 2 * time.Second

// State is what the service knows of its own condition. It holds no secret:
// /readyz shows it to whoever asks.
type State struct {
	Ready         bool     `json:"ready"`           // residents' messages are answered and counted
	Redis         bool     `json:"redis"`           // the store was reached
	Trial         bool     `json:"trial"`           // it is the trial store
	SpoolLines    int      `json:"spool_lines"`     // counts that wait for the store
	DiskFreeBytes int64    `json:"disk_free_bytes"` // where the data is; -1: not known
	Warnings      []string `json:"warnings"`
}

// Health finds out the state.
type Health interface {
	State(ctx context.Context) State
}

// healthz says that the process answers, nothing else.
func (s *Site) healthz(c *gin.Context) { c.String(http.StatusOK, "ok\n") }

// readyz says whether to send requests here.
func (s *Site) readyz(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), healthTime)
	defer cancel()
	state := s.Health.State(ctx)
	if state.Warnings == nil {
		state.Warnings = []string{}
	}
	status := http.StatusOK
	if !state.Ready {
		status = http.StatusServiceUnavailable
	}
	c.Header("Cache-Control", "no-store")
	c.IndentedJSON(status, state)
}

// healthCollector shows the state among the figures for machines, asked for
// when they are collected.
type healthCollector struct{ health Health }

var (
	readyDesc = prometheus.NewDesc("pufa_ready", "1 when messages are answered and counted.", nil, nil)
	redisDesc = prometheus.NewDesc("pufa_redis_up", "1 when the store was reached.", nil, nil)
	spoolDesc = prometheus.NewDesc("pufa_spool_lines", "Counts that wait for the store.", nil, nil)
	diskDesc  = prometheus.NewDesc("pufa_disk_free_bytes", "Free space where the data is; -1 when not known.", nil, nil)
)

// Describe implements prometheus.Collector.
func (healthCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- readyDesc
	ch <- redisDesc
	ch <- spoolDesc
	ch <- diskDesc
}

// Collect implements prometheus.Collector.
func (h healthCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), healthTime)
	defer cancel()
	state := h.health.State(ctx)
	gauge := func(d *prometheus.Desc, v float64) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
	}
	gauge(readyDesc, one(state.Ready))
	gauge(redisDesc, one(state.Redis))
	gauge(spoolDesc, float64(state.SpoolLines))
	gauge(diskDesc, float64(state.DiskFreeBytes))
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
