package wechat

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"syscall"
)

// ErrInput marks a call that was not made because the platform would refuse
// what it was to carry. The error is an *APIError of kind Content.
var ErrInput = errors.New("outside the platform's limits")

// APIError is a call to the platform that failed. Its text names the call and
// the code, and holds constants only: nothing of the request, of the address
// (which carries the token) or of the platform's own text but its request id
// and, when the server's address is not allowed, that address.
type APIError struct {
	Call string // the path without /cgi-bin/, such as "message/mass/sendall"
	Code int    // errcode; 0 when the platform gave none
	Kind Kind
	RID  string // the platform's request id (rid), for a complaint; may be empty
	IP   string // of code 40164: the address to put on the allow-list

	meaning, advice string
	maybe           bool
	cause           error // one of ours or the standard library's sentinels, never what net/http made
}

// Error names the call, what happened, and whether it may have been accepted.
func (e *APIError) Error() string {
	var b strings.Builder
	b.WriteString("wechat " + e.Call + ": ")
	if e.Code != 0 {
		fmt.Fprintf(&b, "errcode %d: ", e.Code)
	}
	b.WriteString(e.meaning)
	if e.IP != "" {
		b.WriteString(" (" + e.IP + ")")
	}
	if e.RID != "" {
		b.WriteString(" (rid " + e.RID + ")")
	}
	if e.maybe {
		b.WriteString(", may have been accepted")
	}
	if e.cause != nil {
		b.WriteString(": " + e.cause.Error())
	}
	return b.String()
}

// Advice says in Chinese what staff can do.
func (e *APIError) Advice() string {
	if e.IP != "" {
		return e.advice + "IP：" + e.IP
	}
	return e.advice
}

// Unwrap returns the cause: ErrInput, a context's error, a sentinel of the
// network, or the error of the token store or the ledger.
func (e *APIError) Unwrap() error { return e.cause }

// LogValue is the error's text, for slog.
func (e *APIError) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// MaybeAccepted reports whether the platform may have done what the failed
// call asked for: no answer, half an answer, an answer that is none, or "busy"
// to a call that changes something. It is false when the call certainly did
// nothing: it was never sent, or refused with a code. A call that may have been
// accepted is repeated only if it carries a key, under the same key. Of an error that
// is not this package's it is true: nothing is known.
func MaybeAccepted(err error) bool {
	if err == nil {
		return false
	}
	var e *APIError
	return !errors.As(err, &e) || e.maybe
}

// KindOf returns the kind of a failed call; empty for nil, Unknown for an error
// that is not this package's.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *APIError
	if !errors.As(err, &e) {
		return Unknown
	}
	return e.Kind
}

// AdviceOf says in Chinese what staff can do about an error of this package;
// empty for others.
func AdviceOf(err error) string {
	var e *APIError
	if !errors.As(err, &e) {
		return ""
	}
	return e.Advice()
}

// refusedBy is the platform's "no" to a call.
func refusedBy(k call, code int, message string) *APIError {
	r := rulingOf(code)
	e := &APIError{
		Call: k.name(), Code: code, Kind: r.kind, meaning: r.meaning, advice: r.advice,
		RID: requestID(message),
	}
	if code == -1 {
		// The platform's advice for a mass message is to repeat it under the
		// same key, so "busy" does not mean that nothing was done.
		e.maybe = !k.reads
		if k.keyed {
			e.Kind = RetrySameKey
		}
	}
	if code == 40164 {
		e.IP = address(message)
	}
	return e
}

// requestID finds the rid in an errmsg: "… rid: 5f1e-2a3b". What looks
// otherwise is left out, because an errmsg may quote the request.
func requestID(message string) string {
	_, rest, found := strings.Cut(message, "rid: ")
	if !found {
		return ""
	}
	rid, _, _ := strings.Cut(strings.TrimRight(rest, "]) "), " ")
	if rid == "" || len(rid) > 40 || strings.Trim(rid, "0123456789abcdef-") != "" {
		return ""
	}
	return rid
}

// address finds the first IP address in an errmsg.
func address(message string) string {
	for _, word := range strings.FieldsFunc(message, func(r rune) bool { return r == ' ' || r == ',' }) {
		if ip, err := netip.ParseAddr(word); err == nil && ip.Zone() == "" {
			return ip.String()
		}
	}
	return ""
}

// unanswered is a call that got no answer, or none that can be read.
func unanswered(k call, sent bool, meaning string, cause error) *APIError {
	e := &APIError{
		Call: k.name(), Kind: Retry, meaning: meaning, cause: cause,
		maybe: sent && !k.reads, advice: "没有连上微信，请稍后再试。",
	}
	if !e.maybe {
		return e
	}
	e.advice = "没有收到微信的答复，不知道是否已经发出，请先核实，不要重发。"
	if k.keyed {
		e.Kind, e.advice = RetrySameKey, "没有收到微信的答复，程序会用同一编号核实，不会重复群发。"
	}
	return e
}

// disconnected translates an error of net/http, whose text may hold the
// address with the token, or bytes of the answer.
func disconnected(ctx context.Context, k call, sent bool, err error) *APIError {
	var name *net.DNSError
	var wait net.Error
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return unanswered(k, sent, "given up", context.Canceled)
	case errors.As(err, &name):
		return unanswered(k, sent, "the platform's name is not found", nil)
	case errors.As(err, &certificate), errors.As(err, &authority):
		return unanswered(k, sent, "the platform's certificate is not valid", nil)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &wait) && wait.Timeout():
		return unanswered(k, sent, "no answer in time", context.DeadlineExceeded)
	}
	for _, known := range []error{
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE, syscall.EHOSTUNREACH, syscall.ENETUNREACH,
		io.ErrUnexpectedEOF, io.EOF,
	} {
		if errors.Is(err, known) {
			return unanswered(k, sent, "connection failed", known)
		}
	}
	return unanswered(k, sent, "connection failed", nil)
}

// notMade is a call that was not made.
func notMade(k call, kind Kind, meaning, advice string, cause error) *APIError {
	return &APIError{Call: k.name(), Kind: kind, meaning: meaning, advice: advice, cause: cause}
}
