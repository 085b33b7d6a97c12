package api

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

const query = exchangePath + "query"

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header[name] = []string{value} }
}

// What a known peer can do to a request beside the message. All of it ends in
// the same words: one status, one document.
func TestOddRequestsAreNotAccepted(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{})
	for name, c := range map[string]struct {
		method, path, contentType string
		edit                      func(*http.Request)
	}{
		"another path":            {"POST", "/v1/exchange/other", joseType, nil},
		"no path":                 {"POST", "/", joseType, nil},
		"double slash":            {"POST", "//v1/exchange/query", joseType, nil},
		"double slash inside":     {"POST", "/v1//exchange/query", joseType, nil},
		"trailing slash":          {"POST", query + "/", joseType, nil},
		"dot segment":             {"POST", "/v1/exchange/x/../query", joseType, nil},
		"encoded letter":          {"POST", "/v1/exchange/%71uery", joseType, nil},
		"encoded slash":           {"POST", "/v1%2Fexchange/query", joseType, nil},
		"mixed case path":         {"POST", "/v1/Exchange/query", joseType, nil},
		"query string":            {"POST", query + "?x=1", joseType, nil},
		"verb":                    {"POST", query + ":x", joseType, nil},
		"get":                     {"GET", query, joseType, nil},
		"put":                     {"PUT", query, joseType, nil},
		"options":                 {"OPTIONS", query, joseType, nil},
		"trace":                   {"TRACE", query, joseType, nil},
		"get made post by header": {"GET", query, joseType, header("X-Http-Method-Override", "POST")},
		"json":                    {"POST", query, "application/json", nil},
		"form":                    {"POST", query, "application/x-www-form-urlencoded", nil},
		"no content type":         {"POST", query, "", nil},
		"content type parameter":  {"POST", query, joseType + "; charset=utf-8", nil},
		"upper-case type":         {"POST", query, "Application/JOSE", nil},
		"grpc type on rest":       {"POST", query, "application/grpc", nil},
		"grpc-web":                {"POST", homewardv1.Exchange_Query_FullMethodName, "application/grpc-web", nil},
		"jose type on grpc":       {"POST", homewardv1.Exchange_Query_FullMethodName, joseType, nil},
		"reflection":              {"POST", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", joseType, nil},
		"pprof":                   {"GET", "/debug/pprof/", "", nil},
		"metrics":                 {"GET", "/metrics", "", nil},
	} {
		for _, two := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s over http2=%v", name, two), func(t *testing.T) {
				t.Parallel()
				edit := c.edit
				if edit == nil {
					edit = func(*http.Request) {}
				}
				wantCoarse(t, s.do(s.http(two), c.method, c.path, c.contentType, "a.b.c", edit), c.contentType)
			})
		}
	}
}

// wantCoarse wants exactly the words that everybody gets.
func wantCoarse(t *testing.T, r response, contentType string) {
	t.Helper()
	if contentType == "application/grpc" && r.header.Get("Grpc-Status") == "3" && r.body == "" {
		return
	}
	want := `{"type":"https://homeward.example/problems/not_accepted","title":"The message was not accepted","status":400,"code":"not_accepted","remedy":`
	if r.status != 400 || !strings.HasPrefix(r.body, want) || strings.Contains(r.body, "detail") {
		t.Errorf("status %d, %q", r.status, r.body)
	}
}

// Headers are no way to be somebody else, nor to reach the service at all.
func TestHeadersDoNotReachTheService(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{})
	for _, name := range []string{
		"Grpc-Metadata-Peer", "grpc-metadata-peer", "Grpc-Metadata-X-Forwarded-For", "Grpcgateway-Peer", "Peer", "pEER", "X-Forwarded-For",
		"X-Forwarded-Client-Cert", "X-Http-Method-Override", "Authorization", "Grpc-Timeout", "Grpc-Encoding", "Cookie",
	} {
		for _, two := range []bool{false, true} {
			r := s.do(s.http(two), "POST", query, joseType, "a.b.c", header(name, "gov-ua"))
			// HTTP/2 itself forbids some of these; what is answered is answered as oneself.
			if r.status != 200 || r.body != "answer.gov-pl.a.b.c" {
				t.Errorf("%s, http2=%v: %d %q", name, two, r.status, r.body)
			}
			for h := range r.header {
				if strings.HasPrefix(h, "Grpc-") {
					t.Errorf("%s: reply header %s", name, h)
				}
			}
		}
	}
}

func TestUnknownPeersDoNotConnect(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{})
	stranger, _ := certificate()
	for name, edit := range map[string]func(*tls.Config){
		"no certificate": func(c *tls.Config) { c.Certificates = nil },
		"unknown":        func(c *tls.Config) { c.Certificates = []tls.Certificate{stranger} },
		"known behind own": func(c *tls.Config) {
			c.Certificates = []tls.Certificate{{Certificate: [][]byte{stranger.Certificate[0], s.client.Certificate[0]}, PrivateKey: stranger.PrivateKey}}
		},
		"another's, no key": func(c *tls.Config) {
			c.Certificates = []tls.Certificate{{Certificate: s.client.Certificate, PrivateKey: stranger.PrivateKey}}
		},
		"tls 1.2": func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 },
	} {
		c := s.config()
		edit(c)
		if _, err := s.raw(c); err == nil {
			t.Errorf("%s: connected", name)
		}
	}
	if _, err := s.raw(s.config()); err != nil {
		t.Errorf("the known one: %v", err)
	}
}

// Requests that two parsers could read in two ways end in a refusal, and what
// is hidden behind them is never answered as a request of its own.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	s := federation(t, fakeFederation{}, Limits{})
	hidden := "POST " + query + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose\r\nContent-Length: 6\r\n\r\nhidden"
	start := "POST " + query + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose\r\n"
	for name, raw := range map[string]string{
		"length and chunks":    start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
		"chunks":               start + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" + hidden,
		"two lengths":          start + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + hidden,
		"length with plus":     start + "Content-Length: +0\r\n\r\n" + hidden,
		"space before colon":   start + "Content-Length : 0\r\n\r\n" + hidden,
		"odd encoding":         start + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden,
		"bare line feed":       strings.ReplaceAll(start, "\r\n", "\n") + "Content-Length : 0\n\n" + hidden,
		"absolute address":     strings.Replace(start, query, "https://x"+query, 1) + "Content-Length: 1\r\n\r\na",
		"two hosts":            start + "Host: y\r\nContent-Length: 1\r\n\r\na",
		"http/1.0 with chunks": strings.Replace(start, "1.1", "1.0", 1) + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" + hidden,
		"upgrade to h2c":       start + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := s.config()
			config.NextProtos = []string{"http/1.1"}
			conn, err := s.raw(config)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = conn.Write([]byte(raw))
			_ = conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				return // closed without a word
			}
			first, _ := io.ReadAll(resp.Body)
			rest, _ := io.ReadAll(conn)
			if resp.StatusCode < 400 || strings.Contains(string(first)+string(rest), "hidden") {
				t.Errorf("%s: %d %q %q", name, resp.StatusCode, first, rest)
			}
		})
	}
}
