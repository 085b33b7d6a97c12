// Package client is the Go client of one's own gateway, for the systems of a
// partner agency: it asks, and the gateway signs, seals, sends and verifies.
//
// A Client speaks gRPC to the gateway's agency listener, with a certificate that
// the gateway's configuration names under agency.clients. Its errors are *Error
// and hold the same problem that REST shows.
//
// An agency that signs its own questions makes them with a Signer, whose key the
// registry lists for its participant with use "agency", one for each holder that
// Plan names, and hands them to Forward. Its gateway can then neither change nor
// invent a question.
package client
