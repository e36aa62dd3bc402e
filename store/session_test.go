package store

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestSessions(t *testing.T) {
	r := overMiniredis(t) // its clock stands in another year than the machine's
	s := r.Sessions()
	if err := s.Commit("token", []byte("who"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if data, found, err := s.Find("token"); err != nil || !found || string(data) != "who" {
		t.Errorf("Find = %q, %v, %v", data, found, err)
	}
	for _, key := range r.raw.Keys(context.Background(), "*").Val() {
		if strings.Contains(key, "token") {
			t.Errorf("the token stands in the key %s", key)
		}
	}
	if err := s.Commit("token", []byte("who"), time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, found, err := s.Find("token"); err != nil || found {
		t.Errorf("a session that is over is found: %v, %v", found, err)
	}
	if err := s.Commit("token", nil, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete("token"); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := s.Find("token"); found {
		t.Error("a session that was ended is found")
	}
}
