package api

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func frame(flag byte, length int, message []byte) string {
	b := append([]byte{flag}, binary.BigEndian.AppendUint32(nil, uint32(length))...)
	return string(append(b, message...))
}

func TestOddFramesAreNotAccepted(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{})
	good := must(proto.Marshal(&homewardv1.SealedMessage{Jose: "a.b.c"}))
	c := s.http(true)
	te := header("Te", "trailers")
	r := s.do(c, "POST", homewardv1.Exchange_Query_FullMethodName, "application/grpc", frame(0, len(good), good), te)
	if r.status != 200 || !strings.Contains(r.body, "answer.gov-pl") {
		t.Fatalf("the frame that is right: %d %q", r.status, r.body)
	}
	for name, body := range map[string]string{
		"empty":                "",
		"cut short":            frame(0, len(good), good)[:4],
		"compressed":           frame(1, len(good), good),
		"length too long":      frame(0, len(good)+1, good),
		"length too short":     frame(0, len(good)-1, good),
		"length of four GB":    frame(0, 1<<32-1, good),
		"two messages":         frame(0, len(good), good) + frame(0, len(good), good),
		"not a message":        frame(0, 3, []byte{0xff, 0xff, 0xff}),
		"unknown field":        frame(0, len(good)+2, append(bytes.Clone(good), 0x78, 1)),
		"text that is no utf8": frame(0, 3, []byte{0x0a, 1, 0xff}),
	} {
		r := s.do(c, "POST", homewardv1.Exchange_Query_FullMethodName, "application/grpc", body, te)
		if r.header.Get("Grpc-Status") != "3" || r.body != "" {
			t.Errorf("%s: %d %v %q", name, r.status, r.header, r.body)
		}
	}
	r = s.do(c, "POST", homewardv1.Exchange_Query_FullMethodName, "application/grpc", frame(0, len(good), good), te, header("Grpc-Encoding", "gzip"))
	if !strings.Contains(r.body, "answer.gov-pl") {
		t.Error("the header alone must not matter")
	}
}

func TestLargeBodiesAreNotAccepted(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{})
	large := strings.Repeat("a", envelope.MaxSealed+17)
	for _, two := range []bool{false, true} {
		wantCoarse(t, s.do(s.http(two), "POST", query, joseType, large), "")
	}
	for name, call := range exchangers(s) {
		if name != "grpc" { // its client would refuse the reply to a message of this size
			if reply, code := call("query", large[:envelope.MaxSealed]); len(reply) < envelope.MaxSealed {
				t.Errorf("%s: the largest message: %q", name, code)
			}
			continue
		}
		if _, code := call("query", large); code != string(problem.CodeNotAccepted) {
			t.Errorf("%s: %q", name, code)
		}
	}
}

// endless sends bytes for ever.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestEndlessBodies(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{})
	for _, two := range []bool{false, true} {
		req := must(http.NewRequest("POST", s.url(query), endless{}))
		req.Header.Set("Content-Type", joseType)
		resp, err := s.http(two).Do(req)
		if err != nil {
			continue // the connection was closed on it, which is as good
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		wantCoarse(t, response{resp.StatusCode, resp.Header, string(body)}, "")
	}
}

// slow sends a byte and then nothing, until it is told to stop.
type slow struct {
	first bool
	stop  chan struct{}
}

func (s *slow) Read(b []byte) (int, error) {
	if !s.first {
		s.first = true
		b[0] = 'a'
		return 1, nil
	}
	<-s.stop
	return 0, io.EOF
}

func TestSlowBodiesAreGivenUp(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{BodyTime: 100 * time.Millisecond})
	for _, two := range []bool{false, true} {
		stop := make(chan struct{})
		req := must(http.NewRequest("POST", s.url(query), &slow{stop: stop}))
		req.ContentLength = 10
		req.Header.Set("Content-Type", joseType)
		resp, err := s.http(two).Do(req)
		close(stop)
		if err != nil {
			continue // closed on it
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		wantCoarse(t, response{resp.StatusCode, resp.Header, string(body)}, "")
	}
}

// A body time that has passed does not end a request that takes longer to answer.
func TestBodyTimeIsForTheBodyOnly(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{answer: waitFor(300 * time.Millisecond)}, Limits{BodyTime: 50 * time.Millisecond})
	for name, call := range exchangers(s) {
		if reply, code := call("query", "a"); reply != "late" {
			t.Errorf("%s: %q", name, code)
		}
	}
}
