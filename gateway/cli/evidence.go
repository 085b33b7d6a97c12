package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/keyring"
)

func (a *app) evidenceCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "evidence", Short: "Hand a decision to a court, and check one that was handed out",
		Long: "An evidence package is one file (ASiC-E, which e-signature tools of courts open) that holds a decision with all\n" +
			"that proves it: question and answer as they were signed, the registry with the keys of that day, the policy and\n" +
			"what it saw, and the proof that the decision is in the published log.",
	}
	c.AddCommand(a.evidenceExportCommand(), a.evidenceVerifyCommand(), a.evidenceImportCommand())
	return c
}

func (a *app) evidenceExportCommand() *cobra.Command {
	var file, under, release string
	var officer envelope.Officer
	var redact []string
	cmd := &cobra.Command{
		Use: "export DECISION", Short: "Write the evidence package of one decision",
		Long: "export writes one file and records in the ledger, before the file is there, who handed it out and under what.\n" +
			"--redact leaves values out; the signatures hold all the same, and the package names what is not in it:\n" +
			"  name.family  one field of the answer      name   all fields below name\n" +
			"  query        all values of the question   *      every value\n" +
			"Who may hand out, and what may leave, the policy decides: reviewers alone; of a record with anything of the ICRC no\n" +
			"value by another participant, unless the ICRC released it for this (--release, which the ICRC makes with homeward\n" +
			"case release); none of an answer that its holder did not let go further. These are left out without being asked for.",
		Example: "  homeward evidence export $DECISION -o evidence.asice --officer legal-3 --role legal_reviewer --under 'order 17/26'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r := evidence.Request{Decision: args[0], Redact: redact, Officer: officer, Under: under}
			if release != "" {
				var err error
				if r.Release, err = readToken(release); err != nil {
					return err
				}
			}
			return a.withEvidence(cmd.Context(), func(b *evidence.Builder) error {
				raw, about, err := b.Export(cmd.Context(), r)
				if err != nil {
					return err
				}
				if err := os.WriteFile(file, raw, 0o600); err != nil {
					return err
				}
				return a.show(exported{file, len(raw), about}, func(p *printer) {
					p.line(fmt.Sprintf("%s: decision %s, %d bytes; handed out by decision %s", file, about.Decision, len(raw), about.Export.Decision))
					p.leftOut(about.LeftOut)
				})
			})
		},
	}
	// Here -o names the file, so another flag says how the rest is printed.
	cmd.Flags().StringVarP(&file, "output", "o", "", "the file to write")
	cmd.Flags().StringVar(&a.output, "format", "table", "what is printed: table, for people, or json")
	cmd.Flags().StringArrayVar(&redact, "redact", nil, "leave out a value, or all below a path; may be repeated")
	cmd.Flags().StringVar(&officer.ID, "officer", "", "pseudonym of who hands it out")
	cmd.Flags().StringVar(&officer.Role, "role", "legal_reviewer", "role of who hands it out")
	cmd.Flags().StringVar(&release, "release", "", "file with the ICRC's release for the evidence of this decision")
	cmd.Flags().StringVar(&under, "under", "", "on what ground: an order of a court, a rule")
	required(cmd, "output", "officer", "under")
	return cmd
}

type exported struct {
	File  string `json:"file"`
	Bytes int    `json:"bytes"`
	verify.About
}

func (p *printer) leftOut(left []verify.LeftOut) {
	if len(left) == 0 {
		return
	}
	why := map[string]string{
		verify.WhyAsked: "as asked", verify.WhyICRC: "of the ICRC: it leaves by the ICRC alone", verify.WhyOnward: "its holder did not let it go further",
	}
	var rows [][]string
	for _, l := range left {
		rows = append(rows, []string{l.Message, l.Name, why[l.Why]})
	}
	p.table("  ", []string{"left out of", "value", "why"}, rows, nil)
}

func (a *app) evidenceVerifyCommand() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use: "verify FILE", Short: "Check an evidence package, offline",
		Long: "verify asks nobody and needs no configuration. It answers seven questions, each with passed, failed or not_checked\n" +
			"and why: is every file as it was signed (signature), is the decision in the published log (inclusion), did enough\n" +
			"witnesses see that log (witnesses), are the keys those of the registry (registry), did this policy decide (policy),\n" +
			"does it decide the same again (replay), is all that is shown signed and all that is not named (redactions).\n" +
			"Whose keys these are only the registry's key can tell, which you have from somewhere else: without --registry-key\n" +
			"that question is not_checked.\n\n" +
			"Exit codes: 0 all passed, 3 something failed, 4 nothing failed and something was not checked, 1 no such file.",
		Example: "  homeward evidence verify evidence.asice --registry-key registry.pub.jwk",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			raw, err := os.ReadFile(args[0])
			if err != nil {
				return failure(err)
			}
			var o verify.Options
			if key != "" {
				k, err := keyring.ReadPublic(key)
				if err != nil {
					return failure(err)
				}
				o.RegistryKey = &k
			}
			return a.verdicts(verify.Package(cmd.Context(), raw, o))
		},
	}
	cmd.Flags().StringVar(&key, "registry-key", "", "the public key of the registry (JWK)")
	return cmd
}

// verdicts prints what was found; its error has the exit code.
func (a *app) verdicts(r verify.Result) error {
	err := a.show(r, func(p *printer) {
		if r.Decision != "" {
			p.line(p.paint(bold, "Decision "+r.Decision+" of "+r.Participant))
		}
		var rows [][]string
		r.Verdicts.Each(func(name string, v *verify.Verdict) { rows = append(rows, []string{name, v.Verdict, v.Why}) })
		p.table("  ", []string{"question", "verdict", "why"}, rows, inColumn(1, func(cell string) colour {
			return map[string]colour{verify.Passed: green, verify.Failed: red, verify.NotChecked: yellow}[cell]
		}))
		for _, d := range r.Differences {
			p.line("  " + d.Where + ": recorded " + d.Recorded + ", replayed " + d.Replayed)
		}
	})
	switch worst := r.Verdicts.Worst(); {
	case err != nil:
		return err
	case worst == verify.Failed:
		return errRefused
	case worst == verify.NotChecked:
		return errNotChecked
	}
	return nil
}

func (a *app) evidenceImportCommand() *cobra.Command {
	var officer envelope.Officer
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Take in another participant's package, to read beside one's own half",
		Long: "import checks a package with this gateway's own registry key, refuses one in which anything failed, and keeps it\n" +
			"as it is. `homeward ledger show` shows it beside one's own half of the exchange.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			raw, err := os.ReadFile(args[0])
			if err != nil {
				return failure(err)
			}
			return a.withEvidence(cmd.Context(), func(b *evidence.Builder) error {
				r, err := b.Import(cmd.Context(), raw, officer)
				if err != nil && r.Verdicts.Worst() != verify.Failed {
					return err
				}
				if shown := a.verdicts(r); !errors.Is(shown, errNotChecked) {
					return shown
				}
				return nil // it is taken in with what could not be checked, and shown with it
			})
		},
	}
	cmd.Flags().StringVar(&officer.ID, "officer", "", "pseudonym of who takes it in")
	cmd.Flags().StringVar(&officer.Role, "role", "legal_reviewer", "role of who takes it in")
	required(cmd, "officer")
	return cmd
}

// withEvidence acts in the name of the configured gateway.
func (a *app) withEvidence(ctx context.Context, do func(*evidence.Builder) error) error {
	return a.withGateway(ctx, func(g *gateway.Gateway) error {
		b, err := g.Evidence()
		if err != nil {
			return err
		}
		return do(b)
	})
}
