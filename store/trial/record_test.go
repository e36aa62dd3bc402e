package trial

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"
)

func TestRecordRoundTrip(t *testing.T) {
	want := []record{
		{at: 1772935200000, commands: [][]string{{"SET", "k", "\x00\r\n"}, {"DEL", "k"}}, deadlines: []deadline{{"k", 1772935204500}, {"", 0}}},
		{at: -1, commands: [][]string{{"PING"}}},
		{deadlines: []deadline{{"k", -5}}},
	}
	var buf []byte
	for _, r := range want {
		buf = r.append(buf)
	}
	in := bufio.NewReader(bytes.NewReader(buf))
	for i, w := range want {
		got, _, err := readRecord(in)
		if err != nil || !reflect.DeepEqual(got, w) {
			t.Errorf("record %d = %+v, %v, want %+v", i, got, err, w)
		}
	}
	if _, _, err := readRecord(in); err != io.EOF {
		t.Errorf("after the last = %v, want EOF", err)
	}
}

func FuzzReadRecord(f *testing.F) {
	r := record{at: 5, commands: [][]string{{"SET", "k", "v"}}, deadlines: []deadline{{"k", 9}}}
	f.Add(r.append(nil))
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := parseRecord(text); err != nil && !errors.Is(err, errTorn) {
			t.Errorf("parseRecord = %v, want errTorn", err)
		}
		r, size, err := readRecord(bufio.NewReader(bytes.NewReader(text)))
		switch {
		case err == io.EOF, errors.Is(err, errTorn):
		case err != nil:
			t.Errorf("readRecord = %v, want EOF or errTorn", err)
		default:
			if _, _, err := readRecord(bufio.NewReader(bytes.NewReader(r.append(nil)))); err != nil || size > int64(len(text)) {
				t.Errorf("a record that was read cannot be read again: %v", err)
			}
		}
	})
}

func FuzzReadCommand(f *testing.F) {
	f.Add([]byte("*1\r\n$4\r\nPING\r\n"))
	f.Add([]byte("*-1\r\n"))
	f.Add([]byte("*2\r\n$4\r\nGET\r\n"))
	f.Add([]byte("*1\r\n$999999999\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		words, err := readCommand(bufio.NewReader(bytes.NewReader(text)))
		if err == nil && len(words) == 0 {
			t.Error("a command without words and without an error")
		}
	})
}
