package client_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"homeward.example/gateway/client"
	"homeward.example/gateway/internal/api"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// agencyKey is the key with which the synthetic agency signs for itself.
var agencyKey = must(envelope.GenerateKey("gov-pl-agency-1", "ES256"))

type oneKey envelope.PublicKey

func (k oneKey) PublicKey(kid string) (envelope.PublicKey, bool) {
	return envelope.PublicKey(k), kid == k.ID
}

// gateway is what a client talks to: the real listener before synthetic answers.
type gateway struct {
	options client.Options
	seen    []envelope.Query // what Forward verified
	stop    func()
}

func startGateway() *gateway {
	dir := must(os.MkdirTemp("", "client"))
	own, pin := certificate(dir, "gateway")
	_, clientPin := certificate(dir, "client")
	g := &gateway{options: client.Options{
		CertFile: filepath.Join(dir, "client.crt"), KeyFile: filepath.Join(dir, "client.key"), ServerSPKI: pin,
	}}
	server := must(api.NewAgency(api.AgencyOptions{
		Certificate: own, Asker: g, Decisions: g,
		Clients: []api.AgencyClient{{Caller: api.Caller{Name: "case-system", Roles: []string{"case_officer", "reviewer"}}, SPKI: []string{clientPin}}},
	}))
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	g.options.URL = "https://" + l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- server.Serve(ctx, l) }()
	g.stop = func() { cancel(); <-done; _ = os.RemoveAll(dir) }
	return g
}

// certificate writes a self-signed one in PEM.
func certificate(dir, name string) (tls.Certificate, string) {
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(key))})
	for file, b := range map[string][]byte{name + ".crt": cert, name + ".key": private} {
		if err := os.WriteFile(filepath.Join(dir, file), b, 0o600); err != nil {
			panic(err)
		}
	}
	sum := sha256.Sum256(must(x509.ParseCertificate(der)).RawSubjectPublicKeyInfo)
	return must(tls.X509KeyPair(cert, private)), hex.EncodeToString(sum[:])
}

func (g *gateway) Ask(_ context.Context, _ api.Caller, req *homewardv1.AskRequest, emit func(*homewardv1.HolderAnswer) error) (*homewardv1.AskResponse, error) {
	if req.GetCase() == "too often" {
		return nil, &problem.Error{Code: "rate_limited", Where: "officer", Decision: "d-9"}
	}
	resp := &homewardv1.AskResponse{QueryId: "q-1"}
	for _, id := range []string{"gov-ua", "unicef"} {
		a := &homewardv1.HolderAnswer{Holder: id, Status: homewardv1.Status_STATUS_ANSWERED}
		resp.Answers = append(resp.Answers, a)
		if err := emit(a); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

func (g *gateway) Plan(context.Context, api.Caller, *homewardv1.AskRequest) (*homewardv1.PlanResponse, error) {
	return &homewardv1.PlanResponse{Holders: []*homewardv1.PlannedHolder{{Holder: "gov-ua", Asked: true}, {Holder: "gov-ca", Reason: "no lead"}}}, nil
}

func (g *gateway) Forward(_ context.Context, _ api.Caller, req *homewardv1.ForwardRequest) (*homewardv1.AskResponse, error) {
	resp := &homewardv1.AskResponse{QueryId: "q-2"}
	for _, m := range req.GetMessages() {
		v, err := envelope.Verify(m.GetJws(), envelope.Expect{
			Type: envelope.TypeQuery, Audience: m.GetHolder(), Issuer: "gov-pl", Uses: []envelope.Use{envelope.UseAgency},
			Keys: oneKey(agencyKey.Public("gov-pl", envelope.UseAgency)), Now: time.Now(),
		})
		if err != nil {
			return nil, err
		}
		q, err := v.Query()
		if err != nil {
			return nil, err
		}
		g.seen = append(g.seen, q)
		resp.Answers = append(resp.Answers, &homewardv1.HolderAnswer{Holder: m.GetHolder(), Status: homewardv1.Status_STATUS_ANSWERED})
	}
	return resp, nil
}

func (g *gateway) Collect(_ context.Context, _ api.Caller, req *homewardv1.CollectRequest) (*homewardv1.AskResponse, error) {
	return &homewardv1.AskResponse{QueryId: req.GetQueryId()}, nil
}

func (g *gateway) Decision(_ context.Context, _ ledger.Reviewer, id string) (ledger.Row, error) {
	return ledger.Row{ID: id, Kind: "asked"}, nil
}

func (g *gateway) Search(_ context.Context, _ ledger.Reviewer, q ledger.Query) (ledger.Page, error) {
	return ledger.Page{Found: []ledger.Found{{ID: "d-1", Requester: q.Requester}}, Next: "p2"}, nil
}

func (g *gateway) Decisions(_ context.Context, _ ledger.Reviewer, before int64, limit int) ([]ledger.Row, error) {
	return []ledger.Row{{ID: "d-1", Seq: before - 1}}, nil
}
