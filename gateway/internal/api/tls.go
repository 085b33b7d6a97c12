package api

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"

	"homeward.example/gateway/internal/problem"
)

// serverTLS accepts TLS 1.3 from clients whose certificate is pinned, and from
// nobody else. Certificates are self-signed: the pin is the whole of trust, and
// the handshake proves that the client has the key. There are no session
// tickets, so that no connection outlives its pin by resumption; guard looks at
// the pin again at every request.
func serverTLS(own tls.Certificate, known func(fingerprint string) bool) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own},
		ClientAuth: tls.RequireAnyClientCert, SessionTicketsDisabled: true,
		VerifyConnection: pinned(known),
	}
}

// clientTLS presents our certificate and accepts a server whose certificate is
// pinned, and no other.
func clientTLS(own tls.Certificate, server string, known func(fingerprint string) bool) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own}, ServerName: server,
		// The names and issuers of a self-signed certificate prove nothing. What
		// replaces their check is VerifyConnection, which every handshake calls.
		InsecureSkipVerify: true, //nolint:gosec // G402: pinned below
		VerifyConnection:   pinned(known),
	}
}

func pinned(known func(string) bool) func(tls.ConnectionState) error {
	return func(cs tls.ConnectionState) error {
		if f, ok := fingerprint(cs); !ok || !known(f) {
			return problem.New(problem.CodeUnauthenticated, "certificate")
		}
		return nil
	}
}

// fingerprint is the SHA-256 (hex) of the public key of the other side's own certificate.
func fingerprint(cs tls.ConnectionState) (string, bool) {
	if len(cs.PeerCertificates) == 0 {
		return "", false
	}
	sum := sha256.Sum256(cs.PeerCertificates[0].RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:]), true
}
