package api

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"

	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

// roundTrip sends one request over the participant's connections. A refusal of our
// certificate is told even where the transport lost it.
func (p *Peer) roundTrip(ctx context.Context, to trust.Participant, req *http.Request) (*http.Response, error) {
	t := p.transport(to, req.URL.Hostname())
	// The transport itself: a client would follow redirects and keep cookies.
	resp, err := t.RoundTrip(req)
	if err == nil {
		return resp, nil
	}
	told := sendError(ctx, to.ID, err)
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" || !errors.Is(told, problem.New(problem.CodeUnreachable, "")) {
		return nil, told
	}
	if alert := handshakeAlert(ctx, req.URL.Host, t.TLSClientConfig); isRefusal(alert) {
		return nil, sendError(ctx, to.ID, alert)
	}
	return nil, told
}

// handshakeAlert connects and listens, and returns what the server's TLS said. In
// TLS 1.3 a client has sent its first request before it can know that its certificate
// is refused; a server that closes on unread bytes resets the connection, and the
// alert can be lost. One that hears nothing closes in order.
func handshakeAlert(ctx context.Context, host string, config *tls.Config) error {
	config = config.Clone()
	config.NextProtos = []string{"h2"} // where the server speaks first, so that Read returns
	d := tls.Dialer{Config: config}
	conn, err := d.DialContext(ctx, "tcp", hostPort(host))
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	_, err = conn.Read(make([]byte, 1))
	return err
}

// hostPort is the address of a URL's host.
func hostPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), "443")
}

// isRefusal: a TLS alert about our certificate.
func isRefusal(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "remote error" && strings.Contains(op.Error(), "certificate")
}
