package client_test

import (
	"context"
	"fmt"
	"time"

	"homeward.example/gateway/client"
	"homeward.example/gateway/internal/envelope"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// A question for one child, for one purpose, with the answers as they come.
func Example() {
	gateway := startGateway() // stands for the agency's own gateway
	defer gateway.stop()

	c, err := client.New(client.Options{
		URL:        gateway.options.URL,
		CertFile:   gateway.options.CertFile,
		KeyFile:    gateway.options.KeyFile,
		ServerSPKI: gateway.options.ServerSPKI, // homeward keys show prints it
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err = c.AskStream(ctx, &homewardv1.AskRequest{
		Purpose:  homewardv1.Purpose_PURPOSE_RETURN,
		Officer:  &homewardv1.Officer{Id: "officer-7", Role: "case_officer"},
		Basis:    "GDPR 6(1)(e)",
		Case:     "WRO/2026/15",
		Criteria: &homewardv1.Criteria{Family: "Тестенко", Given: "Синтетична", Born: "2014"}, // no real child
	}, func(a *homewardv1.HolderAnswer) error {
		fmt.Println(a.GetHolder(), a.GetStatus())
		return nil
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// gov-ua STATUS_ANSWERED
	// unicef STATUS_ANSWERED
}

// An agency that signs its own questions: one for each holder that may be asked.
func ExampleSigner() {
	gateway := startGateway()
	defer gateway.stop()
	c, err := client.New(gateway.options)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	jwk, err := envelope.MarshalPrivateJWK(agencyKey) // stands for the agency's key file
	if err != nil {
		fmt.Println(err)
		return
	}
	signer, err := client.NewSigner("gov-pl", jwk)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := c.Plan(context.Background(), question())
	if err != nil {
		fmt.Println(err)
		return
	}
	signed := make(map[string]string)
	for _, h := range plan.GetHolders() {
		if !h.GetAsked() {
			continue
		}
		if signed[h.GetHolder()], err = signer.SignQuery(h.GetHolder(), question(), plan.GetHas()...); err != nil {
			fmt.Println(err)
			return
		}
	}
	answers, err := c.Forward(context.Background(), signed)
	fmt.Println(len(answers.GetAnswers()), err)
	// Output: 1 <nil>
}
