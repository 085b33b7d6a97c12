package client

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// maxReply bounds an answer: every holder's evidence is in it.
const maxReply = 64 << 20

// Options of a client. URL, CertFile and KeyFile are mandatory, and one of
// ServerSPKI and ServerCA.
type Options struct {
	// URL of the gateway's agency listener: "https://host:port".
	URL string
	// CertFile and KeyFile hold this system's certificate and key in PEM.
	CertFile, KeyFile string
	// ServerSPKI pins the gateway's certificate: SHA-256 of its public key, lower-case hex.
	ServerSPKI string
	// ServerCA is a PEM file of authorities that may have issued the gateway's certificate.
	ServerCA string
}

// Client talks to one gateway. It may be used by many goroutines.
type Client struct {
	conn   *grpc.ClientConn
	agency homewardv1.AgencyClient
	ledger homewardv1.LedgerClient
	url    string
}

// New makes a client. It connects when it is first used.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || o.URL != "https://"+u.Host {
		return nil, fmt.Errorf("url: expected https://host:port, found %q", o.URL)
	}
	config, err := o.tls(u.Hostname())
	if err != nil {
		return nil, err
	}
	conn, err := grpc.NewClient("dns:///"+u.Host,
		grpc.WithTransportCredentials(credentials.NewTLS(config)),
		grpc.WithNoProxy(), grpc.WithDisableServiceConfig(),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxReply)))
	if err != nil {
		return nil, err
	}
	return &Client{conn: conn, agency: homewardv1.NewAgencyClient(conn), ledger: homewardv1.NewLedgerClient(conn), url: o.URL}, nil
}

func (o Options) tls(host string) (*tls.Config, error) {
	own, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
	if err != nil {
		return nil, err
	}
	c := &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own}, ServerName: host}
	switch {
	case (o.ServerSPKI == "") == (o.ServerCA == ""):
		return nil, errors.New("server: give its SPKI or its CA, one of the two")
	case o.ServerCA != "":
		pem, err := os.ReadFile(o.ServerCA)
		if err != nil {
			return nil, err
		}
		if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s: no certificate in it", o.ServerCA)
		}
	default:
		// Gateways have self-signed certificates: the pin replaces the check of
		// names and issuers, and every handshake makes it.
		c.InsecureSkipVerify = true
		c.VerifyConnection = func(s tls.ConnectionState) error {
			sum := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
			if hex.EncodeToString(sum[:]) != o.ServerSPKI {
				return errors.New("the gateway's certificate is not the pinned one")
			}
			return nil
		}
	}
	return c, nil
}

// Casework is what one's own people decide: go-aheads, approvals, reviews. It is
// the generated client; its errors are those of gRPC.
func (c *Client) Casework() homewardv1.CaseworkClient { return homewardv1.NewCaseworkClient(c.conn) }

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Ask asks the holders whom policy names and returns when all have answered, or
// their time is over.
func (c *Client) Ask(ctx context.Context, q *homewardv1.AskRequest) (*homewardv1.AskResponse, error) {
	r, err := c.agency.Ask(ctx, q)
	return r, c.problem(err)
}

// AskStream is Ask with each holder's answer as it comes. It returns nil after
// the last; an error means that answers are missing, or that each said no.
func (c *Client) AskStream(ctx context.Context, q *homewardv1.AskRequest, each func(*homewardv1.HolderAnswer) error) error {
	ctx, cancel := context.WithCancel(ctx) // ends the stream if each says no
	defer cancel()
	stream, err := c.agency.AskStream(ctx, q)
	if err != nil {
		return c.problem(err)
	}
	for {
		a, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return c.problem(err)
		}
		if err := each(a); err != nil {
			return err
		}
	}
}

// Plan says whom a question would be sent to, and why; it sends nothing.
func (c *Client) Plan(ctx context.Context, q *homewardv1.AskRequest) (*homewardv1.PlanResponse, error) {
	r, err := c.agency.Plan(ctx, q)
	return r, c.problem(err)
}

// Forward sends questions that a Signer made: by holder, the signed message.
func (c *Client) Forward(ctx context.Context, signed map[string]string) (*homewardv1.AskResponse, error) {
	req := &homewardv1.ForwardRequest{}
	for holder, jws := range signed {
		req.Messages = append(req.Messages, &homewardv1.SignedMessage{Holder: holder, Jws: jws})
	}
	r, err := c.agency.Forward(ctx, req)
	return r, c.problem(err)
}

// Collect asks again for what was pending in the answers to a question.
func (c *Client) Collect(ctx context.Context, queryID string, officer *homewardv1.Officer) (*homewardv1.AskResponse, error) {
	r, err := c.agency.Collect(ctx, &homewardv1.CollectRequest{QueryId: queryID, Officer: officer})
	return r, c.problem(err)
}

// Decision returns one decision of one's own gateway. It needs the role "reviewer".
func (c *Client) Decision(ctx context.Context, id string) (*homewardv1.Decision, error) {
	r, err := c.ledger.GetDecision(ctx, &homewardv1.GetDecisionRequest{Id: id})
	return r, c.problem(err)
}

// Search returns one page of the decisions that a request selects, the newest first.
// It may be short although more follow: go on while there is a next.
func (c *Client) Search(ctx context.Context, req *homewardv1.SearchRequest) (*homewardv1.SearchResponse, error) {
	r, err := c.ledger.Search(ctx, req)
	return r, c.problem(err)
}

// Decisions returns a page of them, the newest first: at most limit (200), those
// before a place (0 for the newest). next is the place of the following page, 0
// at the end. It needs the role "reviewer".
func (c *Client) Decisions(ctx context.Context, before int64, limit int32) (page []*homewardv1.Decision, next int64, err error) {
	r, err := c.ledger.ListDecisions(ctx, &homewardv1.ListDecisionsRequest{Before: before, Limit: limit})
	return r.GetDecisions(), r.GetNext(), c.problem(err)
}
