package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// transport adds what go-openai has no field for, bounds what is read, and
// notes how long the service wants to be left alone.
type transport struct {
	next  http.RoundTripper
	extra map[string]any
}

func newTransport(next http.RoundTripper, extra map[string]any) *transport {
	if next == nil {
		next = http.DefaultTransport
	}
	return &transport{next, extra}
}

// noteKey is the key of a call's note in its context.
type noteKey struct{}

// note is what the transport saw of a call.
type note struct {
	status     int
	retryAfter time.Duration
}

func withNote(ctx context.Context) (context.Context, *note) {
	n := &note{}
	return context.WithValue(ctx, noteKey{}, n), n
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	limit := int64(maxVectors)
	if strings.HasSuffix(req.URL.Path, "/chat/completions") {
		limit = maxReply
		if len(t.extra) > 0 {
			var err error
			if req, err = withExtra(req, t.extra); err != nil {
				return nil, err
			}
		}
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if n, ok := req.Context().Value(noteKey{}).(*note); ok {
		n.status, n.retryAfter = resp.StatusCode, retryAfter(resp.Header)
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("the service sends elsewhere (%d)", resp.StatusCode)
	}
	resp.Body = &bounded{resp.Body, limit}
	return resp, nil
}

// withExtra returns the request with fields added to its JSON; those that are
// there already stay.
func withExtra(req *http.Request, extra map[string]any) (*http.Request, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	_ = req.Body.Close()
	var fields map[string]any
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	for name, value := range extra {
		if _, there := fields[name]; !there {
			fields[name] = value
		}
	}
	if body, err = json.Marshal(fields); err != nil {
		return nil, fmt.Errorf("add fields to request: %w", err)
	}
	req = req.Clone(req.Context())
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return req, nil
}

// retryAfter reads the header in seconds; 0 where it is not there.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, 86_400)) * time.Second
}

// bounded fails where a body is longer than it may be: cut short, it could
// still read as something.
type bounded struct {
	io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
