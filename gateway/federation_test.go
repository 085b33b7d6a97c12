package gateway_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"homeward.example/adapters"
	"homeward.example/adapters/file"
	"homeward.example/gateway"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Tests in this file's company run whole gateways over loopback: real listeners,
// keys, stores and configuration files. All children in them are synthetic.

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// patience bounds what must become true; it is no measure of speed.
const patience = time.Minute

// eventually waits until a condition holds, and fails the test if it never does.
func eventually(t testing.TB, what string, within time.Duration, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(within)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", within, what)
		}
		time.Sleep(50 * time.Millisecond) // some conditions ask whole questions
	}
}

// federation is what the demo sets up, of which a test starts whom it needs.
type federation struct {
	*demo.Federation
	t     testing.TB
	began time.Time
}

// newFederation writes a federation. change edits a participant's configuration
// file, decoded; nil for none.
func newFederation(t testing.TB, change func(id string, config map[string]any)) *federation {
	t.Helper()
	began := time.Now()
	f, err := demo.SetupAnywhere(filepath.Join(t.TempDir(), "demo"), began)
	ok(t, err)
	t.Cleanup(f.Release)
	for _, m := range f.Members {
		if change != nil {
			editConfig(t, m.Config, func(c map[string]any) { change(m.ID(), c) })
		}
	}
	return &federation{f, t, began}
}

func editConfig(t testing.TB, path string, change func(map[string]any)) {
	t.Helper()
	text, err := os.ReadFile(path)
	ok(t, err)
	var config map[string]any
	ok(t, yaml.Unmarshal(text, &config))
	change(config)
	text, err = yaml.Marshal(config)
	ok(t, err)
	ok(t, os.WriteFile(path, text, 0o600))
}

// node is one gateway that serves.
type node struct {
	*gateway.Gateway
	*demo.Member
	f    *federation
	stop func() error // drains; may be called again
}

// serve starts one participant, waits until it is ready, and stops it with the test.
func (f *federation) serve(id string, deps gateway.Deps) *node {
	f.t.Helper()
	n := f.start(id, deps)
	eventually(f.t, id+" is ready", patience, func() bool { code, _ := n.ready(); return code == http.StatusOK })
	return n
}

// start is serve for one that may not become ready.
func (f *federation) start(id string, deps gateway.Deps) *node {
	f.t.Helper()
	m := f.Member(id)
	config, err := gateway.Load(m.Config, nil, nil)
	ok(f.t, err)
	if deps.Adapters == nil {
		deps.Adapters = map[string]adapters.Open{"file": file.Open}
	}
	deps.Listen = f.Listen
	ctx, cancel := context.WithCancel(context.Background())
	g, err := gateway.New(ctx, config, deps)
	if err != nil {
		cancel()
		f.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	stop := sync.OnceValue(func() error { cancel(); return <-done })
	f.t.Cleanup(func() {
		if err := stop(); err != nil {
			f.t.Errorf("%s: %v", id, err)
		}
	})
	return &node{Gateway: g, Member: m, f: f, stop: stop}
}

// dir is the participant's own folder.
func (n *node) dir(parts ...string) string {
	return filepath.Join(append([]string{filepath.Dir(n.Member.Config)}, parts...)...)
}

func (n *node) ready() (int, string) {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get("http://" + n.Ops + "/readyz")
	if err != nil {
		return 0, ""
	}
	defer client.CloseIdleConnections()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, ""
	}
	return resp.StatusCode, string(body)
}

func (f *federation) key(id, file string) envelope.PrivateKey {
	f.t.Helper()
	k, err := keyring.ReadPrivate(filepath.Join(filepath.Dir(f.Member(id).Config), "keys", file))
	ok(f.t, err)
	return k
}

// caller is a client of one listener with the certificate of somebody. It is no
// gateway: it sends whatever bytes it is given.
type caller struct {
	t        testing.TB
	addr     string
	one, two *http.Client // HTTP/1.1 and HTTP/2
}

func (f *federation) caller(addr, cert, key string) *caller {
	f.t.Helper()
	own, err := tls.LoadX509KeyPair(cert, key)
	ok(f.t, err)
	client := func(two bool) *http.Client {
		t := &http.Transport{ForceAttemptHTTP2: two, TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own},
			InsecureSkipVerify: true, // the listener is the test's own
		}}
		f.t.Cleanup(t.CloseIdleConnections)
		return &http.Client{Transport: t, Timeout: time.Minute}
	}
	return &caller{t: f.t, addr: addr, one: client(false), two: client(true)}
}

// peer calls a federation listener as another participant.
func (f *federation) peer(of *node, as string) *caller {
	dir := filepath.Join(filepath.Dir(f.Member(as).Config), "keys")
	return f.caller(of.Member.Federation, filepath.Join(dir, keyring.TLSCert), filepath.Join(dir, keyring.TLSKey))
}

// agency calls a node's agency listener as its agency.
func (f *federation) agency(of *node) *caller {
	return f.caller(of.Agency, of.dir("agency", "client.crt"), of.dir("agency", "client.key"))
}

// response is what came back, read whole. status is that of HTTP, grpc that of
// gRPC ("" on REST); said is everything by which the caller could tell two
// responses apart.
type response struct {
	status     int
	grpc, body string
	said       string
	err        error
}

func (r response) accepted() bool {
	return r.err == nil && r.status == http.StatusOK && (r.grpc == "" || r.grpc == "0")
}

func (c *caller) do(client *http.Client, method, path, contentType string, body []byte) response {
	req, err := http.NewRequest(method, "https://"+c.addr+path, bytes.NewReader(body))
	if err != nil {
		return response{err: err}
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Te", "trailers")
	resp, err := client.Do(req)
	if err != nil {
		return response{err: err}
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if resp.Header.Get("Date") != "" {
		resp.Header.Set("Date", "some") // whether there is one may tell something, which it is may not
	}
	said := fmt.Sprintf("%d %v %v %s", resp.StatusCode, resp.Header, resp.Trailer, b)
	maps.Copy(resp.Header, resp.Trailer)
	return response{
		status: resp.StatusCode, grpc: resp.Header.Get("Grpc-Status"), body: string(b), err: err, said: said,
	}
}

// rest posts a sealed message to /v1/exchange/METHOD.
func (c *caller) rest(method, sealed string) response {
	return c.do(c.one, http.MethodPost, "/v1/exchange/"+method, "application/jose", []byte(sealed))
}

// grpc posts a sealed message as gRPC frames, whether or not the library would send it.
func (c *caller) grpc(method, sealed string) response {
	m := append(binary.AppendUvarint([]byte{0x0a}, uint64(len(sealed))), sealed...)
	frame := append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(m))), m...)
	path := map[string]string{
		"query": homewardv1.Exchange_Query_FullMethodName, "collect": homewardv1.Exchange_Collect_FullMethodName,
		"notify": homewardv1.Exchange_Notify_FullMethodName, "report": homewardv1.Exchange_Report_FullMethodName,
	}[method]
	r := c.do(c.two, http.MethodPost, path, "application/grpc", frame)
	if len(r.body) > 5 { // frame, tag and length of the one field
		_, n := binary.Uvarint([]byte(r.body[6:]))
		r.body = r.body[6+n:]
	}
	return r
}

// json posts a document to the agency listener.
func (c *caller) json(path string, body any) response {
	b, err := json.Marshal(body)
	if err != nil {
		return response{err: err}
	}
	return c.do(c.two, http.MethodPost, path, "application/json", b)
}

// question is a valid one of gov-pl to gov-ua; change may be nil.
func (f *federation) question(now time.Time, change func(q *envelope.Query)) envelope.Query {
	q := envelope.Query{
		Claims: envelope.Claims{
			Issuer: demo.Requester, Audience: demo.Origin, ID: envelope.NewID(),
			IssuedAt: now.Unix(), Expires: now.Add(time.Minute).Unix(),
		},
		Officer: envelope.Officer{ID: "officer-1", Role: "case_officer"}, Purpose: "MATCH",
		Basis: "GDPR 6(1)(e)", Schema: envelope.Schema,
		Criteria: map[string]string{"given": f.Child.Original.Given, "family": f.Child.Original.Family, "born": f.Child.Original.Born},
	}
	if change != nil {
		change(&q)
	}
	return q
}

// sealed signs and seals a question.
func (f *federation) sealed(q envelope.Query) string {
	f.t.Helper()
	payload, ds, err := envelope.QueryPayload(q)
	ok(f.t, err)
	return f.sealedPayload(payload, ds, envelope.TypeQuery)
}

func (f *federation) sealedPayload(payload []byte, ds []envelope.Disclosure, typ envelope.Type) string {
	f.t.Helper()
	jws, err := envelope.Sign(payload, ds, typ, f.key(demo.Requester, keyring.SignFile))
	ok(f.t, err)
	jwe, err := envelope.Seal(jws, typ, f.key(demo.Origin, keyring.SealFile).Public(demo.Origin, envelope.UseSeal))
	ok(f.t, err)
	return jwe
}

// opened reads an answer of gov-ua to gov-pl.
func (f *federation) opened(sealed string) envelope.Answer {
	f.t.Helper()
	return f.openedBy(demo.Requester, sealed)
}

func (f *federation) openedBy(reader, sealed string) envelope.Answer {
	f.t.Helper()
	ua := f.key(demo.Origin, keyring.SignFile).Public(demo.Origin, envelope.UseSign)
	token, err := envelope.Open(sealed, envelope.TypeAnswer, []envelope.PrivateKey{f.key(reader, keyring.SealFile)})
	ok(f.t, err)
	v, err := envelope.Verify(token, envelope.Expect{
		Type: envelope.TypeAnswer, Audience: reader, Issuer: demo.Origin,
		Uses: []envelope.Use{envelope.UseSign}, Keys: oneKey(ua), Now: time.Now().Add(envelope.MaxAhead),
	})
	ok(f.t, err)
	a, err := v.Answer()
	ok(f.t, err)
	return a
}

type oneKey envelope.PublicKey

func (k oneKey) PublicKey(kid string) (envelope.PublicKey, bool) {
	return envelope.PublicKey(k), kid == k.ID
}

// rows counts the decisions in a node's ledger.
func (n *node) rows() int {
	n.f.t.Helper()
	rows, err := n.Store().Decisions(context.Background(), 0, 1)
	ok(n.f.t, err)
	if len(rows) == 0 {
		return 0
	}
	return int(rows[0].Seq)
}

func officer() *homewardv1.Officer {
	return &homewardv1.Officer{Id: "officer-1", Role: "case_officer"}
}

// codeOf reads the problem in a REST body.
func codeOf(t testing.TB, r response) problem.Code {
	t.Helper()
	ok(t, r.err)
	var d problem.Document
	if err := json.Unmarshal([]byte(r.body), &d); err != nil {
		t.Fatalf("no problem document: %d %q", r.status, r.body)
	}
	return d.Code
}

// dial says whether anything listens.
func dial(addr string) error {
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	return c.Close()
}
