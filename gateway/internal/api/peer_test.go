package api

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// lying is a participant whose server the test writes.
func lying(t *testing.T, h http.HandlerFunc, edit ...func(*tls.Config)) (*httptest.Server, trust.Participant) {
	t.Helper()
	own, pin := certificate()
	s := httptest.NewUnstartedServer(h)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAnyClientCert}
	for _, e := range edit {
		e(s.TLS)
	}
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s, trust.Participant{ID: "gov-ua", Endpoint: s.URL, TLS: []string{pin}}
}

func newPeer(t *testing.T) *Peer {
	t.Helper()
	own, _ := certificate()
	p := NewPeer(own)
	t.Cleanup(p.Close)
	return p
}

func wantCode(t *testing.T, err error, code problem.Code) {
	t.Helper()
	if !errors.Is(err, problem.New(code, "")) {
		t.Errorf("error %v, wanted %s", err, code)
	}
}

func TestPeerToFederation(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{})
	p := NewPeer(s.client)
	t.Cleanup(p.Close)
	to := s.participant()
	for method, word := range map[string]string{"query": "answer", "collect": "collect", "notify": "notify"} {
		if reply, err := p.Send(t.Context(), to, method, "a.b.c"); err != nil || reply != word+".gov-pl.a.b.c" {
			t.Errorf("%s: %q, %v", method, reply, err)
		}
	}
	s.pins.remove(s.clientPin)
	_, err := p.Send(t.Context(), to, "query", "a.b.c")
	wantCode(t, err, problem.CodeNotAccepted)
}

// A gateway that blocked us says so in the handshake, on a new connection, and with
// the coarse status on an old one. Neither is a gateway that is not there.
func TestPeerThatBlockedUs(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{})
	old := NewPeer(s.client)
	defer old.Close()
	if _, err := old.Send(t.Context(), s.participant(), "query", "m"); err != nil {
		t.Fatal(err)
	}
	s.pins.remove(s.clientPin)
	fresh := NewPeer(s.client)
	defer fresh.Close()
	for name, p := range map[string]*Peer{"an old connection": old, "a new one": fresh} {
		_, err := p.Send(t.Context(), s.participant(), "query", "m")
		if !errors.Is(err, problem.New(problem.CodeNotAccepted, "")) || !strings.Contains(problem.Of(err).Document("en").Remedy, "blocked or suspended") {
			t.Errorf("over %s: %v", name, err)
		}
	}
}

func TestPeerMapsRefusals(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]problem.Code{
		problem.New("bad_signature", ""):           problem.CodeNotAccepted,
		problem.New(problem.CodeUnavailable, ""):   problem.CodeUnreachable,
		errors.New("a defect that nobody foresaw"): problem.CodeUnreachable,
	} {
		s := federation(t, fakeFederation{answer: func(context.Context, string, string) (string, error) { return "", err }}, Limits{})
		p := NewPeer(s.client)
		t.Cleanup(p.Close)
		_, got := p.Send(t.Context(), s.participant(), "query", "a")
		wantCode(t, got, want)
	}
}

// What a peer may answer that is no answer.
func TestLyingPeers(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int32
	other, _ := lying(t, func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) })
	jose := func(w http.ResponseWriter) { w.Header().Set("Content-Type", joseType) }
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		code   problem.Code
	}{
		"redirect":        {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, 307) }, problem.CodeInvalidReply},
		"redirect to own": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/v1/exchange/collect", 302) }, problem.CodeInvalidReply},
		"json":            {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }, problem.CodeInvalidReply},
		"no content":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, problem.CodeInvalidReply},
		"announced too large": {func(w http.ResponseWriter, _ *http.Request) {
			jose(w)
			_, _ = w.Write([]byte(strings.Repeat("a", envelope.MaxSealed+1)))
		}, problem.CodeInvalidReply},
		"without end": {func(w http.ResponseWriter, r *http.Request) {
			jose(w)
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}, problem.CodeInvalidReply},
		"bytes and then nothing": {func(w http.ResponseWriter, r *http.Request) {
			jose(w)
			_, _ = w.Write([]byte("a"))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, problem.CodeTimedOut},
		"nothing":  {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, problem.CodeTimedOut},
		"hangs up": {func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, problem.CodeUnreachable},
		"a code of its own": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", problem.ContentType)
			w.WriteHeader(400)
			_, _ = w.Write([]byte(`{"code":"timed_out","title":"anything"}`))
		}, problem.CodeInvalidReply},
		"an endless refusal": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}, problem.CodeInvalidReply},
		"many headers": {func(w http.ResponseWriter, _ *http.Request) {
			jose(w)
			w.Header().Set("X", strings.Repeat("a", 1<<20))
		}, problem.CodeUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, to := lying(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.ReadAll(r.Body)
				c.answer(w, r)
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			reply, err := newPeer(t).Send(ctx, to, "query", "a.b.c")
			wantCode(t, err, c.code)
			if reply != "" || elsewhere.Load() != 0 {
				t.Errorf("reply of %d bytes; asked elsewhere %d times", len(reply), elsewhere.Load())
			}
		})
	}
}

func TestPeerRefusesServers(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	answer := func(w http.ResponseWriter, _ *http.Request) { reached.Add(1) }
	_, old := lying(t, answer, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 })
	_, unpinned := lying(t, answer)
	unpinned.TLS = []string{strings.Repeat("0", 64)}
	_, bare := lying(t, answer)
	bare.TLS = nil
	_, plain := lying(t, answer)
	plain.Endpoint = strings.Replace(plain.Endpoint, "https", "http", 1)
	gone := must(net.Listen("tcp", "127.0.0.1:0"))
	_ = gone.Close()
	for name, to := range map[string]trust.Participant{
		"tls 1.2": old, "another certificate": unpinned, "no pin": bare, "plain http": plain,
		"nobody there": {ID: "x", Endpoint: "https://" + gone.Addr().String(), TLS: unpinned.TLS},
		"no address":   {ID: "x", TLS: unpinned.TLS},
	} {
		_, err := newPeer(t).Send(t.Context(), to, "query", "a.b.c")
		if wantCode(t, err, problem.CodeUnreachable); reached.Load() != 0 {
			t.Errorf("%s: the message was sent", name)
		}
	}
}

// A peer that accepts a connection and says nothing costs its deadline.
func TestHalfOpenPeer(t *testing.T) {
	t.Parallel()
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := newPeer(t).Send(ctx, trust.Participant{ID: "x", Endpoint: "https://" + l.Addr().String(), TLS: []string{"00"}}, "query", "a")
	wantCode(t, err, problem.CodeTimedOut)
}

func TestPeerReusesConnectionsUntilThePinChanges(t *testing.T) {
	t.Parallel()
	var connections atomic.Int32
	own, pin := certificate()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", joseType) }))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{own}}
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	p, to := newPeer(t), trust.Participant{ID: "x", Endpoint: s.URL, TLS: []string{pin}}
	for range 5 {
		if _, err := p.Send(t.Context(), to, "query", "a"); err != nil {
			t.Fatal(err)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections for five messages", n)
	}
	to.TLS = []string{strings.Repeat("1", 64)}
	_, err := p.Send(t.Context(), to, "query", "a")
	wantCode(t, err, problem.CodeUnreachable)
}
