package api

import (
	"strings"
	"testing"

	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// BenchmarkExchange is what a transport costs for a message of the smallest
// common size, without the service: both sides, TLS included, on one connection.
func BenchmarkExchange(b *testing.B) {
	message := strings.Repeat("a", 4096)
	for name, call := range benchCalls(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := call(message); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

func benchCalls(b *testing.B) map[string]func(string) error {
	own, serverPin := certificate()
	client, clientPin := certificate()
	known := &pins{by: map[string]string{clientPin: "gov-pl"}}
	server := must(NewFederation(FederationOptions{Certificate: own, Registry: known, Service: fakeFederation{}}))
	s := &side{t: b, addr: listen(b, server), serverPin: serverPin, client: client}
	peer := NewPeer(client)
	b.Cleanup(peer.Close)
	to := s.participant()
	grpc := homewardv1.NewExchangeClient(s.grpc())
	return map[string]func(string) error{
		"rest": func(m string) error { _, err := peer.Send(b.Context(), to, "query", m); return err },
		"grpc": func(m string) error {
			_, err := grpc.Query(b.Context(), &homewardv1.SealedMessage{Jose: m})
			return err
		},
	}
}
