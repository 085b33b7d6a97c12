package gateway_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/emptypb"

	"homeward.example/adapters"
	"homeward.example/gateway"
	"homeward.example/gateway/client"
	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/observe"
	"homeward.example/gateway/internal/servertest"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// flight is a federation of four that knows one child, made of canaries.
type flight struct {
	*federation
	*canaries
	artefacts
	ua, unicef, icrc, pl *node
	fault                atomic.Int32 // of gov-ua's source
}

// What may be wrong with a source, and what it says then.
const (
	fine int32 = iota
	failing
	panicking
)

// flyCanaries is the other process. What it leaves in dir is searched.
func flyCanaries(t *testing.T, dir string) {
	c := newCanaries()
	collector, redis := newCollector(t), servertest.Redis(t)
	f := &flight{canaries: c, artefacts: artefacts{dir: dir, parts: map[string]*bytes.Buffer{}}}
	f.federation = newFederation(t, func(id string, config map[string]any) {
		config["observe"] = map[string]any{"log_level": "debug", "otlp_endpoint": "http://" + collector.addr}
		config["exchange"] = map[string]any{"deadline": "10s"}
		config["state"], config["redis"] = "redis", map[string]any{"url": "redis://" + redis.Addr}
		if config["source"] != nil {
			config["source"] = map[string]any{"adapter": "file", "settings": map[string]any{"path": "../records/canary.jsonl", "origin": id}}
		}
	})
	lines, err := c.lines()
	ok(t, err)
	ok(t, os.WriteFile(filepath.Join(f.Dir, "records", "canary.jsonl"), lines, 0o600))
	log := observe.NewLogger(os.Stderr, "debug", "json")
	f.pl, f.unicef, f.icrc = f.fly(demo.Requester, log), f.fly("unicef", log), f.fly("icrc", log)
	f.ua = f.fly(demo.Origin, log)
	f.asksAsOrigin(t)
	link := f.asksWithLink(t)
	f.match(t)
	f.forwards(t, link)
	f.wrong(t, link)
	f.misunderstood(t)
	f.faults(t, link)
	f.look(t)
	for _, n := range f.nodes() {
		ok(t, n.stop()) // sends the last spans
	}
	f.add("traces", string(collector.received()))
	f.add("redis", dump(t, redis.Addr))
	ok(t, f.write())
}

func (f *flight) nodes() []*node { return []*node{f.ua, f.unicef, f.icrc, f.pl} }

func (f *flight) fly(id string, log *slog.Logger) *node {
	deps := gateway.Deps{Log: log.With("participant", id)}
	if id == demo.Origin {
		deps.Source = func(a adapters.Adapter) adapters.Adapter { return &faulty{a, f} }
	}
	return f.serve(id, deps)
}

// faulty is a source that fails in the worst way: with a record in its words.
type faulty struct {
	adapters.Adapter
	f *flight
}

func (s *faulty) fail() error {
	secret := s.f.marks[3].text
	switch s.f.fault.Load() {
	case failing:
		return fmt.Errorf("cannot parse %q: %w", secret, adapters.ErrUnavailable)
	case panicking:
		panic("no such column: " + secret)
	}
	return nil
}

func (s *faulty) Search(ctx context.Context, c adapters.Criteria, limit int) ([]string, error) {
	if err := s.fail(); err != nil {
		return nil, err
	}
	return s.Adapter.Search(ctx, c, limit)
}

func (s *faulty) Get(ctx context.Context, id string, mask adapters.Mask) (adapters.Record, error) {
	if err := s.fail(); err != nil {
		return adapters.Record{}, err
	}
	return s.Adapter.Get(ctx, id, mask)
}

// criteria are the child as somebody would ask for it.
func (f *flight) criteria() *homewardv1.Criteria {
	n, b := f.child.GetName(), f.child.GetBirth()
	return &homewardv1.Criteria{
		Given: n.GetGiven()[0].GetValue(), Family: n.GetFamily()[0].GetValue(), Born: b.GetBirthDate()[0].GetValue(),
	}
}

func (f *flight) request(purpose homewardv1.Purpose) *homewardv1.AskRequest {
	return &homewardv1.AskRequest{Purpose: purpose, Officer: officer(), Basis: "GDPR 6(1)(e)", Criteria: f.criteria()}
}

// asksAsOrigin is how every leaf comes out: the authority of origin gets all.
func (f *flight) asksAsOrigin(t *testing.T) {
	resp, err := f.ua.Exchange().Ask(t.Context(), exchange.Client{}, f.request(homewardv1.Purpose_PURPOSE_RETURN), nil)
	ok(t, err)
	f.released(t, resp)
	resp, err = f.icrc.Exchange().Ask(t.Context(), exchange.Client{}, &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_TRACE, Basis: "ICRC rules", Criteria: f.criteria(),
		Officer: &homewardv1.Officer{Id: "officer-2", Role: "tracing_officer"},
	}, nil)
	ok(t, err)
	f.released(t, resp)
}

// released keeps an answer apart from its problems, which are searched.
func (f *flight) released(t *testing.T, resp *homewardv1.AskResponse) {
	t.Helper()
	text, err := protojson.Marshal(resp)
	ok(t, err)
	f.add("released", string(text))
	for _, a := range resp.GetAnswers() {
		f.add("problems", a.GetHolder(), a.GetStatus(), a.GetProblem())
	}
}

func (f *flight) asksWithLink(t *testing.T) string {
	l, err := f.ua.Exchange().IssueLink(t.Context(), exchange.LinkRequest{
		Child: canaryID, Recipient: demo.Requester, Purpose: "RETURN", Until: time.Now().Add(time.Hour),
		Leads: []string{"unicef"}, Officer: envelope.Officer{ID: "officer-ua", Role: "case_officer"},
	})
	ok(t, err)
	req := f.request(homewardv1.Purpose_PURPOSE_RETURN)
	req.Criteria, req.Links = nil, []string{l.Token}
	resp := f.asked(t, "/v1/queries", req)
	for _, a := range resp.GetAnswers() {
		if len(a.GetRecords()) != 1 && (a.GetHolder() == demo.Origin || a.GetHolder() == "unicef") {
			t.Errorf("the linked question got %v", a)
		}
	}
	f.asked(t, "/v1/queries", f.request(homewardv1.Purpose_PURPOSE_RETURN)) // unlinked
	return l.Token
}

func (f *flight) asked(t *testing.T, path string, req *homewardv1.AskRequest) *homewardv1.AskResponse {
	t.Helper()
	body, err := protojson.Marshal(req)
	ok(t, err)
	r := f.agency(f.pl).do(f.agency(f.pl).two, http.MethodPost, path, "application/json", body)
	resp := new(homewardv1.AskResponse)
	if r.status != http.StatusOK {
		t.Fatalf("%s: %s", path, r.said)
	}
	ok(t, protojson.Unmarshal([]byte(r.body), resp))
	f.released(t, resp)
	return resp
}

// match asks, has the hits told, gets a link for one and collects it.
func (f *flight) match(t *testing.T) {
	resp := f.asked(t, "/v1/queries", f.request(homewardv1.Purpose_PURPOSE_MATCH))
	eventually(t, "gov-ua was told of the hit at unicef", patience, func() bool {
		hits, err := f.ua.Store().Hits(t.Context(), 10)
		ok(t, err)
		for _, h := range hits {
			if h.Holder == "unicef" {
				return true
			}
		}
		return false
	})
	c := f.agencyClient(t)
	collected, err := c.Collect(t.Context(), resp.GetQueryId(), officer())
	ok(t, err)
	f.released(t, collected)
}

func (f *flight) agencyClient(t *testing.T) *client.Client {
	t.Helper()
	spki, err := keyring.CertificateSPKI(f.pl.dir("keys", keyring.TLSCert))
	ok(t, err)
	c, err := client.New(client.Options{
		URL: "https://" + f.pl.Agency, CertFile: f.pl.dir("agency", "client.crt"), KeyFile: f.pl.dir("agency", "client.key"), ServerSPKI: spki,
	})
	ok(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// forwards has the agency's own system sign, rightly and not.
func (f *flight) forwards(t *testing.T, link string) {
	jwk, err := os.ReadFile(f.pl.dir("keys", "agency.jwk"))
	ok(t, err)
	signer, err := client.NewSigner(demo.Requester, jwk)
	ok(t, err)
	req := f.request(homewardv1.Purpose_PURPOSE_RETURN)
	req.Criteria, req.Links = nil, []string{link}
	c := f.agencyClient(t)
	plan, err := c.Plan(t.Context(), req)
	ok(t, err)
	jws, err := signer.SignQuery(demo.Origin, req, plan.GetHas()...)
	ok(t, err)
	resp, err := c.Forward(t.Context(), map[string]string{demo.Origin: jws})
	ok(t, err)
	f.released(t, resp)
	for _, bad := range []map[string]string{{demo.Origin: jws[:200] + "x" + jws[201:]}, {demo.Origin: jws[:len(jws)-9] + "~"}, {"unicef": jws}} {
		_, err := c.Forward(t.Context(), bad)
		f.add("problems", err)
	}
}

// wrong are messages over the wire that are not as they should be.
func (f *flight) wrong(t *testing.T, link string) {
	shown, err := exchange.Shown(link, demo.Origin, demo.Origin)
	ok(t, err)
	criteria := map[string]string{"given": f.criteria().Given, "family": f.criteria().Family, "born": f.criteria().Born}
	linked := func(q *envelope.Query) { q.Purpose, q.Links, q.Criteria = "RETURN", []string{shown}, nil }
	pl := f.peer(f.ua, demo.Requester)
	for name, change := range map[string]func(q *envelope.Query){
		"right":                linked,
		"criteria":             func(q *envelope.Query) { q.Criteria = criteria },
		"both":                 func(q *envelope.Query) { q.Links, q.Criteria = []string{shown}, criteria },
		"wildcard":             func(q *envelope.Query) { q.Criteria = map[string]string{"family": criteria["family"] + "*"} },
		"born is a name":       func(q *envelope.Query) { q.Criteria = map[string]string{"family": "x", "born": criteria["family"]} },
		"another purpose":      func(q *envelope.Query) { linked(q); q.Purpose = "TRACE" },
		"purpose is a name":    func(q *envelope.Query) { q.Purpose, q.Criteria = criteria["family"], criteria },
		"field is a name":      func(q *envelope.Query) { q.Fields, q.Criteria = []string{criteria["family"]}, criteria },
		"role is a name":       func(q *envelope.Query) { q.Officer.Role, q.Criteria = criteria["family"], criteria },
		"schema is a name":     func(q *envelope.Query) { q.Schema, q.Criteria = criteria["family"], criteria },
		"link is a name":       func(q *envelope.Query) { linked(q); q.Links = []string{criteria["family"]} },
		"criterion is unknown": func(q *envelope.Query) { q.Criteria = map[string]string{"nickname": criteria["given"], "born": "2014"} },
	} {
		sealed := f.sealed(f.question(time.Now(), change))
		tampered := sealed[:len(sealed)-20] + "AAAA" + sealed[len(sealed)-16:]
		for _, send := range []func(string, string) response{pl.rest, pl.grpc} {
			f.add("problems", name, "tampered", send("query", tampered).said)
			f.refusals(t, name, send("query", sealed)) // the second is a replay
		}
	}
}

// refusals keeps what a proven caller is told; a released answer holds no problem.
func (f *flight) refusals(t *testing.T, name string, r response) {
	t.Helper()
	ok(t, r.err)
	if !r.accepted() {
		f.add("problems", name, r.said)
		return
	}
	a := f.opened(r.body)
	f.add("problems", name, a.Status)
	if a.Problem != nil {
		f.add("problems", fmt.Sprintf("%+v", *a.Problem))
	}
}

// misunderstood are calls of an agency's system that does not know the schema,
// and puts names where they do not belong.
func (f *flight) misunderstood(t *testing.T) {
	secret := f.criteria().GetFamily()
	agency := f.agency(f.pl)
	act := map[string]string{"id": "officer-1", "role": "case_officer"}
	for _, body := range []map[string]any{
		{"purpose": secret},
		{"purpose": "PURPOSE_RETURN", secret: secret},
		{"purpose": "PURPOSE_RETURN", "officer": map[string]string{"id": secret, "role": secret}},
		{"purpose": "PURPOSE_RETURN", "officer": act, "basis": "b", "criteria": map[string]string{"given": secret + "*", "born": "2014"}},
		{"purpose": "PURPOSE_RETURN", "officer": act, "basis": "b", "criteria": map[string]string{"given": secret, "born": secret}},
		{"purpose": "PURPOSE_RETURN", "officer": act, "basis": "b", "criteria": map[string]any{"given": []string{secret}}},
		{"purpose": "PURPOSE_RETURN", "officer": act, "basis": "b", "links": []string{secret}},
		{"purpose": "PURPOSE_RETURN", "officer": act, "basis": "b", "fields": []string{secret}, "criteria": map[string]string{"given": secret, "born": "2014"}},
		{"purpose": "PURPOSE_RETURN", "officer": act, "basis": "b", "links": []string{"aa.bb.cc~"}},
	} {
		r := agency.json("/v1/queries", body)
		ok(t, r.err)
		if r.status == http.StatusOK {
			t.Errorf("%v was understood", body)
		}
		f.add("problems", r.said)
	}
	f.add("problems", agency.do(agency.two, http.MethodPost, "/v1/queries", "application/json", []byte(`{"case":"`+secret)).said)
	f.add("problems", agency.do(agency.one, http.MethodGet, "/v1/decisions/zq", "", nil).said)
	_, err := f.agencyClient(t).Ask(t.Context(), &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_MATCH, Officer: officer(), Basis: "b", Criteria: &homewardv1.Criteria{Given: secret, Born: secret},
	})
	if err == nil {
		t.Error("a name was taken for a birth date")
	}
	f.add("problems", err)
}

// faults break the source and the store of gov-ua while it answers.
func (f *flight) faults(t *testing.T, link string) {
	req := f.request(homewardv1.Purpose_PURPOSE_RETURN)
	req.Criteria, req.Links = nil, []string{link}
	broken := func(what string) {
		for _, a := range f.asked(t, "/v1/queries", req).GetAnswers() {
			if a.GetHolder() == demo.Origin && (len(a.GetRecords()) > 0 || a.GetStatus() == homewardv1.Status_STATUS_ANSWERED) {
				t.Errorf("%s: gov-ua answered %v", what, a.GetStatus())
			}
		}
	}
	for what, fault := range map[string]int32{"source failing": failing, "source panicking": panicking} {
		f.fault.Store(fault)
		broken(what)
	}
	f.fault.Store(fine)
	db, err := sql.Open("sqlite", "file:"+f.ua.dir("state", "homeward.db")+"?_pragma=busy_timeout(5000)")
	ok(t, err)
	defer db.Close()
	_, err = db.Exec(`CREATE TRIGGER fault BEFORE INSERT ON decisions BEGIN SELECT RAISE(ABORT, '` + f.criteria().GetFamily() + `'); END`)
	ok(t, err)
	broken("store failing")
	_, err = db.Exec(`DROP TRIGGER fault`)
	ok(t, err)
	if a := f.asked(t, "/v1/queries", req).GetAnswers(); len(a) == 0 {
		t.Error("nobody answers after the faults")
	}
}

// look collects what the gateways keep and show of themselves.
func (f *flight) look(t *testing.T) {
	for _, n := range f.nodes() {
		rows, err := n.Store().Decisions(t.Context(), 0, 1000)
		ok(t, err)
		for _, r := range rows {
			text, err := json.Marshal(r)
			ok(t, err)
			f.add("ledgers", string(r.Content), string(text))
		}
		for _, path := range []string{"/metrics", "/readyz", "/livez"} {
			r, err := http.Get("http://" + n.Ops + path)
			ok(t, err)
			text, err := io.ReadAll(r.Body)
			ok(t, err)
			ok(t, r.Body.Close())
			f.add("metrics", string(text))
		}
	}
}

// dump reads every key of a Redis and what is kept under it.
func dump(t *testing.T, addr string) string {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: addr})
	defer c.Close()
	keys, err := c.Keys(t.Context(), "*").Result()
	ok(t, err)
	var out strings.Builder
	for _, key := range keys {
		value, err := c.Dump(t.Context(), key).Result()
		ok(t, err)
		text, _ := c.Get(t.Context(), key).Result() // "" for what is no string
		fields, _ := c.HGetAll(t.Context(), key).Result()
		fmt.Fprintln(&out, key, value, text, fields)
	}
	return out.String()
}

// collector takes spans by gRPC, whatever they are, and keeps their bytes.
type collector struct {
	addr string
	mu   sync.Mutex
	got  []byte
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	c.addr = l.Addr().String()
	server := grpc.NewServer(grpc.UnknownServiceHandler(func(_ any, s grpc.ServerStream) error {
		var m emptypb.Empty
		if err := s.RecvMsg(&m); err != nil {
			return err
		}
		c.mu.Lock()
		c.got = append(c.got, m.ProtoReflect().GetUnknown()...)
		c.mu.Unlock()
		return s.SendMsg(&emptypb.Empty{})
	}))
	go func() { _ = server.Serve(l) }()
	t.Cleanup(server.Stop)
	return c
}

func (c *collector) received() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got
}
