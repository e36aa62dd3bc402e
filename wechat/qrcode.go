package wechat

import (
	"context"
	"time"
)

const (
	// MaxCodeLife is the longest life of a temporary code.
	MaxCodeLife = 30 * 24 * time.Hour
	maxScene    = 64 // characters
)

// Code is a QR code that leads to the account and brings its scene along.
type Code struct {
	Ticket  string
	URL     string        // what the picture holds
	Expires time.Duration // of a temporary code; 0 for a permanent one
}

// CreateCode makes a code for a scene of 1 to 64 characters that works for
// life, whole seconds up to MaxCodeLife.
func (c *Client) CreateCode(ctx context.Context, scene string, life time.Duration) (Code, error) {
	r := review{path: "/cgi-bin/qrcode/create"}
	r.that(life >= time.Second && life <= MaxCodeLife && life%time.Second == 0,
		"life is not from 1 second to 30 days in whole seconds", "临时二维码最长30天。")
	in := map[string]any{"expire_seconds": int64(life / time.Second), "action_name": "QR_STR_SCENE"}
	return c.createCode(ctx, r, in, scene)
}

// CreatePermanentCode makes a code that works for ever. An account has at most
// 100,000, and none can be taken back.
func (c *Client) CreatePermanentCode(ctx context.Context, scene string) (Code, error) {
	r := review{path: "/cgi-bin/qrcode/create"}
	return c.createCode(ctx, r, map[string]any{"action_name": "QR_LIMIT_STR_SCENE"}, scene)
}

func (c *Client) createCode(ctx context.Context, r review, in map[string]any, scene string) (Code, error) {
	var out struct {
		Ticket  string `json:"ticket"`
		URL     string `json:"url"`
		Expires int64  `json:"expire_seconds"`
	}
	r.chars("scene", "二维码场景", scene, 1, maxScene)
	if r.line("scene", "二维码场景", scene); r.err != nil {
		return Code{}, r.err
	}
	in["action_info"] = map[string]any{"scene": map[string]string{"scene_str": scene}}
	k := call{path: r.path, in: in, out: &out}
	if err := c.do(ctx, k); err != nil {
		return Code{}, err
	}
	if out.Ticket == "" || out.URL == "" {
		return Code{}, unanswered(k, true, "answer holds no code", nil)
	}
	return Code{out.Ticket, out.URL, time.Duration(out.Expires) * time.Second}, nil
}
