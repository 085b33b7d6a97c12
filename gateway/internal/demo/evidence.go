package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence"
	"homeward.example/gateway/internal/evidence/verify"
)

// Evidence is the package of the decision that the demo shows.
type Evidence struct {
	File  string `json:"file"`
	Bytes int    `json:"bytes"`
	// RegistryKey is the file with which `homeward evidence verify` checks it.
	RegistryKey string `json:"registry_key"`
	verify.Result
}

// proofTime bounds the wait for the checkpoint that holds the decision.
const proofTime = 15 * time.Second

// Evidence writes the package of the decision in a report and verifies it as
// anybody would. What does not hold is added to what failed.
func (r *Running) Evidence(ctx context.Context, report *Report, file string) error {
	b, err := r.gateways[Origin].Evidence()
	if err != nil {
		return err
	}
	if err := proven(ctx, b, report.Ledger.Decision); err != nil {
		return fmt.Errorf("checkpoint of %s: %w", Origin, err)
	}
	raw, _, err := b.Export(ctx, evidence.Request{
		Decision: report.Ledger.Decision, Officer: envelope.Officer{ID: "demo-officer-ua", Role: "legal_reviewer"}, Under: "the demo",
	})
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		return err
	}
	report.Evidence = &Evidence{
		File: file, Bytes: len(raw), RegistryKey: filepath.Join(r.Dir, "registry", "registry.pub.jwk"),
		Result: verify.Package(ctx, raw, verify.Options{RegistryKey: &b.RegistryKey}),
	}
	report.Evidence.Verdicts.Each(func(name string, v *verify.Verdict) {
		if v.Verdict != verify.Passed {
			report.Failed = append(report.Failed, "evidence: "+name+" "+v.Verdict+": "+v.Why)
		}
	})
	return nil
}

// proven waits until a published checkpoint holds a decision.
func proven(ctx context.Context, b *evidence.Builder, decision string) error {
	ctx, cancel := context.WithTimeout(ctx, proofTime)
	defer cancel()
	for {
		_, err := b.Prove(ctx, decision)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
