// Package wechat speaks the WeChat Official Account protocol. Inbound, a
// Callback checks and decrypts what the platform delivers, reads the message,
// and writes the passive reply. Outbound, a Client calls the platform's
// interfaces within their limits. It keeps nothing but the access token, knows
// no law, never repeats a call that may have had its effect, never takes
// something left out for "everybody", and puts no secret, token, openid or
// message text into an error, a log line or the printed form of its values.
package wechat

import "errors"

const (
	// MaxBody is the largest callback body in bytes, itself included, that
	// Open reads. Handlers give the same limit to http.MaxBytesReader.
	MaxBody = 256 << 10
	// MaxText is the longest text reply in bytes of UTF-8, itself included.
	MaxText = 2048
	// Success is the body that answers "nothing to say" in every mode, never
	// encrypted. Anything else that is not a reply makes the platform repeat
	// the delivery and show the resident an error.
	Success = "success"
)

var (
	// ErrDenied marks a request that did not come from the platform for this
	// account, or came too late: bad signature, age, key, AppID or receiver.
	// Handlers answer 403.
	ErrDenied = errors.New("wechat callback denied")
	// ErrUnreadable marks a body that is authentic but makes no message.
	// Handlers answer 200 with Success and count it.
	ErrUnreadable = errors.New("wechat message unreadable")
	// ErrTooLarge marks a body over MaxBody. Handlers answer 413.
	ErrTooLarge = errors.New("wechat callback body over 256 KiB")
	// ErrReply marks a reply that the platform would show as a fault: empty,
	// too long, or with too many news items. It is a fault of the caller;
	// handlers answer Success and log it.
	ErrReply = errors.New("wechat reply refused")
)

// refusal is a sentinel with its reason. The reason is always a constant, so
// that nothing that came in can reach an error text.
type refusal struct {
	kind   error
	reason string
}

func (r *refusal) Error() string { return r.kind.Error() + ": " + r.reason }
func (r *refusal) Unwrap() error { return r.kind }

func denied(reason string) error     { return &refusal{ErrDenied, reason} }
func unreadable(reason string) error { return &refusal{ErrUnreadable, reason} }
func badReply(reason string) error   { return &refusal{ErrReply, reason} }
