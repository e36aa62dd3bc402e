package wechat

import "time"

// Element is one element of a built message: a value, or elements inside.
// Names are constants of the caller, not input.
type Element struct {
	Name     string
	Value    string
	Elements []Element
}

// TextMessage builds the XML in which the platform delivers a resident's text.
func TextMessage(from, to, id, text string, at time.Time) []byte {
	return NewMessage(TypeText, from, to, at, Element{Name: "Content", Value: text}, Element{Name: "MsgId", Value: id})
}

// EventMessage builds the XML of an event. fields are what the event has
// beside the common ones, such as EventKey.
func EventMessage(from, to, event string, at time.Time, fields ...Element) []byte {
	all := append([]Element{{Name: "Event", Value: event}}, fields...)
	return NewMessage(TypeEvent, from, to, at, all...)
}

// NewMessage builds the XML of a message of any type.
func NewMessage(msgType, from, to string, at time.Time, fields ...Element) []byte {
	b := append([]byte(nil), "<xml>"...)
	b = appendElement(b, "ToUserName", clean(to))
	b = appendElement(b, "FromUserName", clean(from))
	b = appendNumber(b, "CreateTime", at.Unix())
	b = appendElement(b, "MsgType", clean(msgType))
	for _, f := range fields {
		b = f.append(b)
	}
	return append(b, "</xml>"...)
}

func (e Element) append(b []byte) []byte {
	if len(e.Elements) == 0 {
		return appendElement(b, e.Name, clean(e.Value))
	}
	b = append(append(append(b, '<'), e.Name...), '>')
	for _, inner := range e.Elements {
		b = inner.append(b)
	}
	return append(append(append(b, "</"...), e.Name...), '>')
}
