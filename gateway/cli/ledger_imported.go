package cli

import (
	"context"
	"time"

	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/ledger"
)

// imported is another participant's half of an exchange: its package, verified again
// each time it is shown.
type imported struct {
	At       time.Time       `json:"at"`
	Digest   string          `json:"digest"`
	Result   verify.Result   `json:"result"`
	Decision ledger.Decision `json:"decision"`
}

// imported reads the packages on the exchange of a holder's decision.
func (a *app) imported(ctx context.Context, s ledger.Store, decision string) ([]imported, error) {
	docs, err := s.DocumentsOf(ctx, ledger.DocumentEvidence, decision)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	config, err := a.config()
	if err != nil {
		return nil, err
	}
	key, err := keyring.ReadPublic(config.Registry.Key)
	if err != nil {
		return nil, err
	}
	out := make([]imported, len(docs))
	for i, d := range docs {
		out[i] = imported{At: d.At, Digest: d.Digest, Result: verify.Package(ctx, d.Body, verify.Options{RegistryKey: &key})}
		contents, _, err := verify.Read(d.Body)
		if err == nil {
			out[i].Decision, err = ledger.ParseDecision(contents.Decision)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// showImported shows a decision of which there is no half here, or says with missing
// that there is none at all.
func (a *app) showImported(ctx context.Context, s ledger.Store, decision string, missing error) error {
	found, err := a.imported(ctx, s, decision)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return missing
	}
	return a.show(map[string]any{"imported": found}, func(p *printer) { p.imported(found) })
}

func (p *printer) imported(all []imported) {
	for _, i := range all {
		p.line("")
		p.line(p.paint(bold, "Imported from "+printable(i.Result.Participant)+", read-only: decision "+printable(i.Decision.ID)))
		for _, row := range [][2]string{
			{"imported", i.At.Format(time.RFC3339)}, {"at", i.Decision.At.Format(time.RFC3339)}, {"kind", i.Decision.Kind},
			{"outcome", i.Decision.Outcome + " " + i.Decision.Reason}, {"requester", i.Decision.Requester}, {"holder", i.Decision.Holder},
			{"purpose", i.Decision.Purpose}, {"basis", i.Decision.Basis}, {"package", i.Digest},
		} {
			p.line("  " + p.paint(grey, pad(row[0], 11)) + p.wrap(row[1], 13))
		}
		i.Result.Verdicts.Each(func(name string, v *verify.Verdict) {
			p.line("  " + p.paint(grey, pad(name, 11)) + p.wrap(v.Verdict+": "+v.Why, 13))
		})
	}
}
