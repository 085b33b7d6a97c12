package client_test

import (
	"context"
	"crypto/tls"
	"errors"
	"maps"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward.example/gateway/client"
	"homeward.example/gateway/internal/envelope"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

var officer = &homewardv1.Officer{Id: "officer-7", Role: "case_officer"}

// question asks for a child that does not exist.
func question() *homewardv1.AskRequest {
	return &homewardv1.AskRequest{
		Purpose: homewardv1.Purpose_PURPOSE_RETURN, Officer: officer, Basis: "GDPR 6(1)(e)",
		Criteria: &homewardv1.Criteria{Family: "Тестенко", Given: "Синтетична", BirthOblast: "UA-63"},
	}
}

func connect(t *testing.T) (*gateway, *client.Client) {
	t.Helper()
	g := startGateway()
	c, err := client.New(g.options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(); g.stop() })
	return g, c
}

func TestCalls(t *testing.T) {
	t.Parallel()
	_, c := connect(t)
	ctx := t.Context()
	if r, err := c.Ask(ctx, question()); err != nil || r.GetQueryId() != "q-1" || len(r.GetAnswers()) != 2 {
		t.Errorf("Ask: %v, %v", r, err)
	}
	var came []string
	err := c.AskStream(ctx, question(), func(a *homewardv1.HolderAnswer) error { came = append(came, a.GetHolder()); return nil })
	if err != nil || strings.Join(came, " ") != "gov-ua unicef" {
		t.Errorf("AskStream: %v, %v", came, err)
	}
	enough := errors.New("enough")
	if err := c.AskStream(ctx, question(), func(*homewardv1.HolderAnswer) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("AskStream given up: %v", err)
	}
	if r, err := c.Plan(ctx, question()); err != nil || len(r.GetHolders()) != 2 {
		t.Errorf("Plan: %v, %v", r, err)
	}
	if r, err := c.Collect(ctx, "q-1", officer); err != nil || r.GetQueryId() != "q-1" {
		t.Errorf("Collect: %v, %v", r, err)
	}
	if r, err := c.Decision(ctx, "d-5"); err != nil || r.GetId() != "d-5" {
		t.Errorf("Decision: %v, %v", r, err)
	}
	if r, err := c.Search(ctx, &homewardv1.SearchRequest{Requester: "gov-pl"}); err != nil || r.GetDecisions()[0].GetRequester() != "gov-pl" || r.GetNext() != "p2" {
		t.Errorf("Search: %v, %v", r, err)
	}
	if page, next, err := c.Decisions(ctx, 10, 1); err != nil || len(page) != 1 || next != 9 {
		t.Errorf("Decisions: %v, %d, %v", page, next, err)
	}
}

func TestErrorsHoldTheProblem(t *testing.T) {
	t.Parallel()
	_, c := connect(t)
	often := question()
	often.Case = "too often"
	wordless := question()
	wordless.Basis = ""
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	for code, call := range map[string]func() error{
		"rate_limited":    func() error { _, err := c.Ask(t.Context(), often); return err },
		"invalid_request": func() error { return c.AskStream(t.Context(), wordless, nil) },
		"timed_out":       func() error { _, err := c.Ask(late, question()); return err },
	} {
		var e *client.Error
		if err := call(); !errors.As(err, &e) || e.Problem.GetCode() != code || !strings.HasPrefix(e.Error(), code+": ") {
			t.Errorf("%s: %v", code, err)
		}
	}
	var e *client.Error
	if _, err := c.Ask(t.Context(), often); !errors.As(err, &e) || e.Problem.GetDecisionId() != "d-9" || e.Problem.GetRemedy() == "" {
		t.Errorf("the decision's id or the remedy is lost: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	g := startGateway()
	t.Cleanup(g.stop)
	for name, edit := range map[string]func(*client.Options){
		"plain http":      func(o *client.Options) { o.URL = "http://127.0.0.1:1" },
		"a path":          func(o *client.Options) { o.URL += "/v1" },
		"no certificate":  func(o *client.Options) { o.CertFile = "" },
		"nothing trusted": func(o *client.Options) { o.ServerSPKI = "" },
		"both trusted":    func(o *client.Options) { o.ServerCA = o.CertFile },
		"no such CA":      func(o *client.Options) { o.ServerSPKI, o.ServerCA = "", "nowhere" },
		"a CA of a key":   func(o *client.Options) { o.ServerSPKI, o.ServerCA = "", o.KeyFile },
	} {
		o := g.options
		edit(&o)
		if c, err := client.New(o); err == nil {
			t.Errorf("%s: made %v", name, c)
		}
	}
}

// A server that is not the pinned one gets no question.
func TestServerIsPinned(t *testing.T) {
	t.Parallel()
	g := startGateway()
	t.Cleanup(g.stop)
	dir := filepath.Dir(g.options.CertFile)
	own, _ := certificate(dir, "other")
	l := must(tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{own}, NextProtos: []string{"h2"}}))
	t.Cleanup(func() { _ = l.Close() })
	asked := make(chan bool, 8)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func(conn net.Conn) {
				n, _ := conn.Read(make([]byte, 1))
				asked <- n > 0
				_ = conn.Close()
			}(conn)
		}
	}()
	byCA := g.options
	byCA.ServerSPKI, byCA.ServerCA = "", filepath.Join(dir, "gateway.crt")
	for name, o := range map[string]client.Options{"by SPKI": g.options, "by CA": byCA} {
		right := must(client.New(o))
		if _, err := right.Ask(t.Context(), question()); err != nil {
			t.Errorf("%s, the right one: %v", name, err)
		}
		_ = right.Close()
		o.URL = "https://" + l.Addr().String()
		wrong := must(client.New(o))
		var e *client.Error
		if _, err := wrong.Ask(t.Context(), question()); !errors.As(err, &e) || e.Problem.GetCode() != string(client.CodeGatewayUnreachable) ||
			!strings.HasPrefix(e.Problem.GetDetail(), "https://127.0.0.1:") || !strings.Contains(e.Problem.GetRemedy(), "listen.agency") {
			t.Errorf("%s, another: %v", name, err)
		}
		_ = wrong.Close()
		if <-asked {
			t.Errorf("%s: another server was told something", name)
		}
	}
}

// link is a case link for a synthetic child, as the authority of origin issues it.
func link() string {
	payload, ds, err := envelope.CaseLinkPayload(envelope.CaseLink{
		Claims:  envelope.Claims{Issuer: "gov-ua", Audience: "gov-pl", ID: envelope.NewID(), IssuedAt: time.Now().Unix(), Expires: time.Now().Add(time.Hour).Unix()},
		Purpose: "RETURN", Child: map[string]string{"record_id": "r-7", "identity": "original", "family": "Тестенко", "born": "2014"},
		Leads: []string{"unicef", "gov-de"},
	})
	if err != nil {
		panic(err)
	}
	return must(envelope.Sign(payload, ds, envelope.TypeCaseLink, must(envelope.GenerateKey("gov-ua-1", "EdDSA"))))
}

func TestSignerForwards(t *testing.T) {
	t.Parallel()
	g, c := connect(t)
	s := must(client.NewSigner("gov-pl", must(envelope.MarshalPrivateJWK(agencyKey))))
	signed := must(s.SignQuery("gov-ua", question()))
	r, err := c.Forward(t.Context(), map[string]string{"gov-ua": signed})
	if err != nil || r.GetQueryId() != "q-2" || len(g.seen) != 1 {
		t.Fatalf("Forward: %v, %v", r, err)
	}
	q := g.seen[0]
	want := map[string]string{"family": "Тестенко", "given": "Синтетична", "birth_oblast": "UA-63"}
	if q.Purpose != "RETURN" || q.Officer.ID != "officer-7" || q.Audience != "gov-ua" || q.Expires-q.IssuedAt != 120 || !maps.Equal(q.Criteria, want) {
		t.Errorf("signed %+v", q)
	}
	if _, err := c.Forward(t.Context(), map[string]string{"icrc": signed}); err == nil {
		t.Error("a question to one holder went to another")
	}
}

// Each holder sees of a link what it needs, and no more.
func TestSignerPresentsLinks(t *testing.T) {
	t.Parallel()
	g, c := connect(t)
	s := must(client.NewSigner("gov-pl", must(envelope.MarshalPrivateJWK(agencyKey))))
	linked := question()
	linked.Criteria, linked.Links = nil, []string{link()}
	for holder, want := range map[string]string{"gov-ua": "identity record_id", "unicef": "born family unicef"} {
		g.seen = nil
		if _, err := c.Forward(t.Context(), map[string]string{holder: must(s.SignQuery(holder, linked))}); err != nil {
			t.Fatal(err)
		}
		var shown []string
		_, err := envelope.Present(g.seen[0].Links[0], func(d envelope.Disclosure) bool {
			if d.Name == "" {
				shown = append(shown, strings.Trim(string(d.Value), `"`))
			} else {
				shown = append(shown, d.Name)
			}
			return true
		})
		for _, word := range strings.Fields(want) {
			if !strings.Contains(" "+strings.Join(shown, " ")+" ", " "+word+" ") {
				t.Errorf("%s is not shown %s", holder, word)
			}
		}
		if err != nil || len(shown) != len(strings.Fields(want)) {
			t.Errorf("%s is shown %v, %v", holder, shown, err)
		}
	}
	linked.Links = []string{"not a link"}
	if _, err := s.SignQuery("gov-ua", linked); err == nil {
		t.Error("signed around something that is no link")
	}
}
