package wechat

import (
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
)

// Values of Message.Type. Others exist and are read as far as they go.
const (
	TypeText       = "text"
	TypeImage      = "image"
	TypeVoice      = "voice"
	TypeVideo      = "video"
	TypeShortVideo = "shortvideo"
	TypeLocation   = "location"
	TypeLink       = "link"
	TypeFile       = "file"
	TypeEvent      = "event"
)

// Values of Message.Event, spelled as the platform spells them.
const (
	EventSubscribe          = "subscribe"
	EventUnsubscribe        = "unsubscribe"
	EventScan               = "SCAN"
	EventLocation           = "LOCATION"
	EventClick              = "CLICK"
	EventView               = "VIEW"
	EventTemplateSent       = "TEMPLATESENDJOBFINISH"
	EventMassSent           = "MASSSENDJOBFINISH"
	EventPublished          = "PUBLISHJOBFINISH"
	EventSubscriptionAsked  = "subscribe_msg_popup_event"
	EventSubscriptionChange = "subscribe_msg_change_event"
	EventSubscriptionSent   = "subscribe_msg_sent_event"
)

// Message is one delivery of the platform: a resident's message or an event.
// Fields hold the text as it came, empty when absent; of an element sent twice
// the first that is not empty counts. Its printed form shows only the type.
type Message struct {
	ToUser     string // 原始 ID of the account
	FromUser   string // openid of the resident
	CreateTime string // seconds since 1970, see Time
	Type       string // MsgType
	ID         string // MsgId, 64 bits in decimal; events have none

	Content      string // text
	MenuID       string // bizmsgmenuid: the choice clicked in a menu message, any text
	PicURL       string // image
	MediaID      string // image, voice, video
	ThumbMediaID string // video
	VoiceFormat  string // voice: amr or speex
	Recognition  string // voice: what was understood, if the account has that
	Title        string // link, file
	Description  string // link, file
	URL          string // link

	LocationX, LocationY, Scale, Label string // location: latitude and longitude come first
	Latitude, Longitude, Precision     string // event LOCATION

	Event    string
	EventKey string // menu key, URL, or scene of a code; see Scene
	Ticket   string // of a scanned code
	ButtonID string // MenuId of a VIEW
	JobID    string // MsgID of a template or mass message
	Status   string // of a template or mass message, as text

	Mass          *MassResult    // MASSSENDJOBFINISH
	Publish       *PublishResult // PUBLISHJOBFINISH
	Subscriptions []Subscription // subscribe_msg_…, in order
}

// Parse reads one message from XML. Characters that XML does not allow are
// replaced by U+FFFD first. Errors are ErrUnreadable: no XML, over the limits,
// or without type or sender.
func Parse(xml []byte) (*Message, error) {
	m := new(Message)
	if err := m.read(string(xml)); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Message) read(doc string) error {
	if err := scan(clean(doc), maxField, m); err != nil {
		return unreadable(err.Error())
	}
	if m.Type == "" {
		return unreadable("it has no type")
	}
	if m.FromUser == "" {
		return unreadable("it has no sender")
	}
	return nil
}

// IsEvent reports whether the message is the named event.
func (m *Message) IsEvent(event string) bool { return m.Type == TypeEvent && m.Event == event }

// Key tells a delivery from all others of the account; a repeated delivery has
// the same one. It holds the openid, so it is only the input of a keyed hash,
// never stored. With a MsgId it is that; else sender, time, event, event key,
// job, publication and templates, each with its length before it.
func (m *Message) Key() string {
	if m.ID != "" {
		return string(appendPart([]byte("m"), m.ID))
	}
	b := make([]byte, 0, 192)
	b = append(b, 'e')
	publication := ""
	if m.Publish != nil {
		publication = m.Publish.ID
	}
	for _, part := range [...]string{m.FromUser, m.CreateTime, m.Event, m.EventKey, m.JobID, publication} {
		b = appendPart(b, part)
	}
	for i := range m.Subscriptions {
		b = appendPart(b, m.Subscriptions[i].TemplateID)
		b = appendPart(b, m.Subscriptions[i].JobID)
	}
	return string(b)
}

func appendPart(b []byte, part string) []byte {
	b = strconv.AppendInt(b, int64(len(part)), 10)
	return append(append(b, ':'), part...)
}

// Time returns when the message was made, to the second.
func (m *Message) Time() (time.Time, error) {
	n, err := strconv.ParseInt(m.CreateTime, 10, 64)
	if err != nil {
		return time.Time{}, errors.New("message time is not a number of seconds")
	}
	return time.Unix(n, 0), nil
}

// Scene returns the scene of the account's code that brought the resident: of
// a scan, or of a subscription that began with one. Empty if there is none.
func (m *Message) Scene() string {
	switch {
	case m.IsEvent(EventScan):
		return m.EventKey
	case m.IsEvent(EventSubscribe):
		if scene, ok := strings.CutPrefix(m.EventKey, "qrscene_"); ok {
			return scene
		}
	}
	return ""
}

// Position returns latitude and longitude in degrees of a location message or
// a LOCATION event; ok is false for others and for what is no place on earth.
func (m *Message) Position() (lat, lon float64, ok bool) {
	x, y := m.LocationX, m.LocationY
	if m.IsEvent(EventLocation) {
		x, y = m.Latitude, m.Longitude
	}
	lat, err := strconv.ParseFloat(x, 64)
	if err != nil || !(lat >= -90 && lat <= 90) {
		return 0, 0, false
	}
	lon, err = strconv.ParseFloat(y, 64)
	if err != nil || !(lon >= -180 && lon <= 180) {
		return 0, 0, false
	}
	return lat, lon, true
}

// String names the type and the event, nothing of the sender or the content.
// Types and events that this package does not know read as "other".
func (m Message) String() string {
	if m.Type == TypeEvent {
		return "wechat event " + knownEvent(m.Event)
	}
	return "wechat message " + knownType(m.Type)
}

// GoString is String, for %#v.
func (m Message) GoString() string { return m.String() }

// Format is String for every verb.
func (m Message) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(m.String())) }

// LogValue is String, for slog.
func (m Message) LogValue() slog.Value { return slog.StringValue(m.String()) }

// MarshalText is String, for encoders that would read the fields.
func (m Message) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

func knownType(t string) string {
	switch t {
	case TypeText, TypeImage, TypeVoice, TypeVideo, TypeShortVideo, TypeLocation, TypeLink, TypeFile:
		return t
	}
	return "other"
}

func knownEvent(e string) string {
	switch e {
	case EventSubscribe, EventUnsubscribe, EventScan, EventLocation, EventClick, EventView,
		EventTemplateSent, EventMassSent, EventPublished,
		EventSubscriptionAsked, EventSubscriptionChange, EventSubscriptionSent:
		return e
	}
	return "other"
}
