package api

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"maps"
	"math/big"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"homeward.example/gateway/internal/trust"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// certificate makes a self-signed one and its pin.
func certificate() (tls.Certificate, string) {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "synthetic"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	leaf := must(x509.ParseCertificate(der))
	f, _ := fingerprint(tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, f
}

// pins is a registry of certificates that a test can change.
type pins struct {
	mu sync.Mutex
	by map[string]string
}

func (p *pins) ByTLS(f string) (trust.Participant, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, ok := p.by[f]
	return trust.Participant{ID: id}, ok
}

func (p *pins) add(f, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.by[f] = id
}

func (p *pins) remove(f string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.by, f)
}

// fakeFederation answers with who asked and what; a test may put in a method.
type fakeFederation struct {
	answer func(ctx context.Context, peer, sealed string) (string, error)
}

func (f fakeFederation) Answer(ctx context.Context, peer, sealed string) (string, error) {
	if f.answer != nil {
		return f.answer(ctx, peer, sealed)
	}
	return "answer." + peer + "." + sealed, nil
}

func (fakeFederation) Collect(_ context.Context, peer, sealed string) (string, error) {
	return "collect." + peer + "." + sealed, nil
}

func (fakeFederation) Notify(_ context.Context, peer, sealed string) (string, error) {
	return "notify." + peer + "." + sealed, nil
}

func (fakeFederation) Report(_ context.Context, peer, sealed string) (string, error) {
	return "report." + peer + "." + sealed, nil
}

// side is a listener under test with one client that it knows.
type side struct {
	t         testing.TB
	addr      string
	serverPin string
	client    tls.Certificate
	clientPin string
	pins      *pins
}

// listen serves until the test ends, and checks that it stops cleanly.
func listen(t testing.TB, s *Server) string {
	t.Helper()
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return l.Addr().String()
}

func federation(t *testing.T, f Federation, limits Limits) *side {
	t.Helper()
	own, serverPin := certificate()
	client, clientPin := certificate()
	s := &side{t: t, serverPin: serverPin, client: client, clientPin: clientPin, pins: &pins{by: map[string]string{clientPin: "gov-pl"}}}
	server := must(NewFederation(FederationOptions{Certificate: own, Registry: s.pins, Service: f, Limits: limits}))
	s.addr = listen(t, server)
	return s
}

func (s *side) config() *tls.Config {
	return clientTLS(s.client, "127.0.0.1", func(f string) bool { return f == s.serverPin })
}

// http is a plain client of the listener over HTTP/1.1 or HTTP/2.
func (s *side) http(two bool) *http.Client {
	t := &http.Transport{TLSClientConfig: s.config(), ForceAttemptHTTP2: two}
	s.t.Cleanup(t.CloseIdleConnections)
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (s *side) grpc() *grpc.ClientConn {
	conn := must(grpc.NewClient(s.addr, grpc.WithTransportCredentials(credentials.NewTLS(s.config()))))
	s.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// participant is the listener as the registry of a peer names it.
func (s *side) participant() trust.Participant {
	return trust.Participant{ID: "gov-ua", Endpoint: "https://" + s.addr, TLS: []string{s.serverPin}}
}

func (s *side) url(path string) string { return "https://" + s.addr + path }

// response is what came back, read whole.
type response struct {
	status int
	header http.Header
	body   string
}

func (s *side) do(c *http.Client, method, path, contentType, body string, edit ...func(*http.Request)) response {
	s.t.Helper()
	req := must(http.NewRequest(method, s.url(path), bytes.NewReader([]byte(body))))
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for _, e := range edit {
		e(req)
	}
	resp, err := c.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b := must(io.ReadAll(resp.Body))
	maps.Copy(resp.Header, resp.Trailer) // gRPC says how it went in either
	return response{resp.StatusCode, resp.Header, string(b)}
}

// raw opens a TLS connection without a client's manners.
func (s *side) raw(config *tls.Config) (*tls.Conn, error) {
	conn, err := tls.Dial("tcp", s.addr, config)
	if err != nil {
		return nil, err
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	// With TLS 1.3 the server's refusal of a client comes with the first read.
	_ = conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := conn.Read(make([]byte, 1)); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			return nil, err
		}
	}
	return conn, conn.SetReadDeadline(time.Time{})
}
