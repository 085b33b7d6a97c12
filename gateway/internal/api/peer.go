package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// maxProblem bounds what is read of a peer's refusal.
const maxProblem = 8 << 10

// Peer carries sealed messages to other gateways. It keeps connections open.
type Peer struct {
	own tls.Certificate
	mu  sync.Mutex
	by  map[string]*line // by participant
}

// line is the way to one participant, as long as its registry entry stays the same.
type line struct {
	endpoint  string
	pins      []string
	transport *http.Transport
}

// NewPeer makes the client that presents this gateway's certificate.
func NewPeer(own tls.Certificate) *Peer { return &Peer{own: own, by: make(map[string]*line)} }

// Send posts a compact JWE to a participant's registry address and returns the
// compact JWE that it answers. method is "query", "collect", "notify" or
// "report"; the context's deadline bounds the call. Errors are problems: problem.CodeUnreachable,
// problem.CodeInvalidReply, and of package problem CodeTimedOut, CodeCanceled, and
// CodeNotAccepted if the peer refused the message. The reply is not verified.
func (p *Peer) Send(ctx context.Context, to trust.Participant, method, sealed string) (string, error) {
	req, err := request(ctx, to, http.MethodPost, exchangePath+method, strings.NewReader(sealed))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", joseType)
	req.Header.Set("Accept", joseType)
	resp, err := p.roundTrip(ctx, to, req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	return reply(ctx, to.ID, resp)
}

// request is one to a participant's registry address.
func request(ctx context.Context, to trust.Participant, method, path string, body io.Reader) (*http.Request, error) {
	u, err := url.Parse(to.Endpoint)
	if err != nil || u.Scheme != "https" || u.Host == "" || len(to.TLS) == 0 {
		return nil, problem.New(problem.CodeUnreachable, to.ID+": the registry has no address or certificate")
	}
	req, err := http.NewRequestWithContext(ctx, method, "https://"+u.Host+path, body)
	if err != nil {
		return nil, problem.Wrap(problem.CodeUnreachable, to.ID, err)
	}
	return req, nil
}

// Close ends the connections that are not in use.
func (p *Peer) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.by {
		l.transport.CloseIdleConnections()
	}
}

// transport returns the connections to one participant. When its entry in the
// registry changes, the old ones are not used again.
func (p *Peer) transport(to trust.Participant, host string) *http.Transport {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.by[to.ID]
	if l != nil && l.endpoint == to.Endpoint && slices.Equal(l.pins, to.TLS) {
		return l.transport
	}
	if l != nil {
		l.transport.CloseIdleConnections()
	}
	pins := slices.Clone(to.TLS)
	l = &line{endpoint: to.Endpoint, pins: pins, transport: &http.Transport{
		// Proxy stays nil: the environment does not choose whom we talk to.
		TLSClientConfig:        clientTLS(p.own, host, func(f string) bool { return slices.Contains(pins, f) }),
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        idleTime,
		TLSHandshakeTimeout:    headerTime,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: headerTime},
	}}
	p.by[to.ID] = l
	return l.transport
}

// reply reads an answer and nothing else: redirects, other types and refusals are not followed or guessed at.
func reply(ctx context.Context, id string, resp *http.Response) (string, error) {
	if resp.StatusCode != http.StatusOK {
		return "", refusal(ctx, id, resp)
	}
	if t := resp.Header.Get("Content-Type"); t != joseType {
		return "", problem.Mismatch(problem.CodeInvalidReply, id+": header Content-Type", joseType, "another")
	}
	if resp.ContentLength > envelope.MaxSealed {
		return "", problem.New(problem.CodeInvalidReply, id+": the reply is too large")
	}
	b := bytes.NewBuffer(make([]byte, 0, max(resp.ContentLength, 0)+bytes.MinRead))
	_, err := b.ReadFrom(io.LimitReader(resp.Body, envelope.MaxSealed+1))
	switch {
	case err != nil:
		return "", sendError(ctx, id, err)
	case b.Len() > envelope.MaxSealed:
		return "", problem.New(problem.CodeInvalidReply, id+": the reply is too large")
	}
	return b.String(), nil
}

// refusal reads a status that is not 200. Of its text only the code is used, and
// only one that a gateway gives: the rest is the peer's to write.
func refusal(ctx context.Context, id string, resp *http.Response) error {
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	if err != nil {
		return sendError(ctx, id, err)
	}
	var d problem.Document
	if resp.Header.Get("Content-Type") == problem.ContentType && json.Unmarshal(b, &d) == nil {
		switch d.Code {
		case problem.CodeNotAccepted:
			return problem.New(problem.CodeNotAccepted, id)
		case problem.CodeUnavailable:
			return problem.New(problem.CodeUnreachable, id+": it cannot answer now")
		}
	}
	return problem.Mismatch(problem.CodeInvalidReply, id+": status", "200, or a problem of a gateway", resp.Status[:min(3, len(resp.Status))])
}

// sendError tells a peer that took too long, and one that knows us no more, from one
// that is not there.
func sendError(ctx context.Context, id string, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return problem.Wrap(problem.CodeCanceled, id, err)
	case ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return problem.Wrap(problem.CodeTimedOut, id, err)
	}
	if isRefusal(err) {
		return problem.Wrap(problem.CodeNotAccepted, id+": it does not take this gateway's certificate", err)
	}
	return problem.Wrap(problem.CodeUnreachable, id, err)
}
