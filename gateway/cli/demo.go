package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/demo"
	"homeward.example/gateway/internal/observe"
)

func (a *app) demoCommand() *cobra.Command {
	var once bool
	var dir, evidence string
	cmd := &cobra.Command{
		Use: "demo", Short: "Start a federation of synthetic participants on loopback and show one question",
		Long: `Starts separate gateways in one process, each with its own keys, store, ports and records, on loopback:
gov-ua (authority of origin), unicef and icrc (holders), gov-pl (asks), one holder that is down, one that is slow and
one that nobody has a reason to ask. gov-pl asks for one child. No child in it is real.

Afterwards it keeps serving until Ctrl-C, so that you can ask it yourself: homeward query --help.
With --once it ends after the show: exit code 0 only if everything held that it claims.`,
		Example: "  homeward demo\n  homeward demo --once -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.output == "json" && !once {
				return usage("demo -o json needs --once: a program cannot wait for Ctrl-C")
			}
			return a.demo(cmd.Context(), dir, once, evidence)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "end after the show")
	cmd.Flags().StringVar(&dir, "dir", ".homeward", "folder for keys, stores and records; an earlier demo in it is replaced")
	cmd.Flags().StringVar(&evidence, "evidence", "", "write the evidence package of the decision that is shown to this file")
	return cmd
}

func (a *app) demo(ctx context.Context, dir string, once bool, evidence string) error {
	started := time.Now()
	f, err := demo.Setup(dir, started)
	if errors.Is(err, demo.ErrBusy) && once { // the running one keeps the folder and the ports
		if dir, err = os.MkdirTemp("", "homeward-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		f, err = demo.SetupAnywhere(dir, started)
	}
	if err != nil {
		return err
	}
	running, err := demo.Start(ctx, f, a.sources, observe.NewLogger(a.err, "error", "text"))
	if err != nil {
		return err
	}
	p := a.printerTo(a.out)
	show := a.output != "json"
	if show {
		p.federation(f)
	}
	report, err := running.Story(started).Tell(ctx, func(answer demo.Answer) {
		if show {
			p.answer(answer)
		}
	})
	if err != nil {
		return err
	}
	if evidence != "" {
		if err := running.Evidence(ctx, report, evidence); err != nil {
			return errors.Join(err, running.Stop())
		}
	}
	if show {
		p.story(report)
	} else if err := a.json(report); err != nil {
		return err
	}
	if !once {
		p.invite(running)
		return running.Wait()
	}
	if err := running.Stop(); err != nil {
		return err
	}
	if len(report.Failed) > 0 {
		return errRefused
	}
	return p.failed
}

func (p *printer) title(text string) {
	p.line("")
	p.line(p.paint(bold, text))
}

func (p *printer) federation(f *demo.Federation) {
	p.title("A federation on this machine. Every child in it is invented.")
	var rows [][]string
	for _, m := range f.Members {
		rows = append(rows, []string{m.ID(), m.Role(), m.From(), m.Federation})
	}
	p.table("  ", []string{"participant", "role", "records", "federation listener"}, rows, nil)
	p.title("gov-pl asks RETURN for one child, with a case link that gov-ua signed")
}

func (p *printer) story(r *demo.Report) {
	p.title("The same question without the link: answered as for a child whom nobody knows")
	for _, a := range r.Unlinked.Answers {
		if a.Status == "answered" {
			p.line(fmt.Sprintf("  %s: %s, %d records", a.Holder, a.Status, len(a.Records)))
		}
	}
	p.line(fmt.Sprintf("  the signed answer equals that for an unknown child, but for random fields: %v", r.Unlinked.SameAsUnknown))
	p.line("  gov-ua's own ledger says why: " + r.Unlinked.Reason)
	p.title("The same message with one byte flipped")
	p.refusal(r.Tampered)
	p.title("The very same message again")
	p.refusal(r.Replayed)
	p.title("The decision in gov-ua's ledger, with the exact reasons that gov-pl does not see")
	p.decision(r.Ledger)
	p.title("An NGO submits a listing: a Russian first name, an age, two siblings")
	p.demoSighting(r.Sighting)
	if e := r.Evidence; e != nil {
		p.title("That decision as an evidence package, for a court: " + e.File)
		p.line(fmt.Sprintf("  %d bytes; check it anywhere: homeward evidence verify %s --registry-key %s", e.Bytes, e.File, e.RegistryKey))
	}
	p.title(fmt.Sprintf("First answer %.1f s after the start, everything after %.1f s.", r.Seconds.FirstAnswer, r.Seconds.Total))
	for _, f := range r.Failed {
		p.line(p.paint(red, "  did not hold: ") + f)
	}
	if len(r.Failed) == 0 {
		p.line(p.paint(green, "  Everything held that this demo claims."))
	}
}

func (p *printer) refusal(r demo.Refused) {
	verdict := p.paint(green, "refused")
	if !r.Refused {
		verdict = p.paint(red, "accepted")
	}
	p.line("  " + verdict)
	if r.Problem == nil {
		return
	}
	p.facts("    ", 10, [][2]string{
		{"code", r.Problem.Code}, {"detail", r.Problem.Detail}, {"remedy", r.Problem.Remedy},
		{"diagnosis", r.Problem.Diagnosis},
	})
}

func (p *printer) invite(r *demo.Running) {
	p.title("The federation keeps serving until Ctrl-C. In another terminal:")
	for _, s := range []string{
		"query --purpose return --link " + r.LinkFile(),
		"query --purpose match --family Шевченко --given Олександр --born 2014-03-09",
		"query --stream --purpose return --link " + r.LinkFile() + "   # gRPC, each answer as it comes",
		"query --sign --purpose return --link " + r.LinkFile() + "     # signed by the agency itself",
		"case hits --config " + r.Member(demo.Origin).Config,
		"ledger list --reviewer legal-3 --mandate demo --config " + r.Member(demo.Origin).Config,
	} {
		p.line("  ./bin/homeward " + s)
	}
	pl := r.Member(demo.Requester)
	dir := filepath.Dir(pl.Config)
	p.line("  curl --silent --show-error --fail --cacert " + dir + "/keys/tls.crt \\")
	p.line("    --cert " + dir + "/agency/client.crt --key " + dir + "/agency/client.key \\")
	p.line(`    --json '{"purpose":"PURPOSE_MATCH","basis":"GDPR 6(1)(e)","officer":{"id":"demo-officer-17","role":"case_officer"},` +
		`"criteria":{"family":"Шевченко","given":"Олександр","born":"2014-03-09"}}' \`)
	p.line("    https://" + pl.Agency + "/v1/queries")
}

func (p *printer) demoSighting(s demo.Sighting) {
	p.line("  " + s.Submitter + " sees: " + s.Status + " at " + s.Recipient + ", reference " + s.Reference["en"] + " / " + s.Reference["uk"])
	p.line(fmt.Sprintf("  and the same after gov-ua has found the child: %v", s.ToldNothing))
	p.line("  gov-ua's officers see, once they triage it:")
	for _, c := range s.Candidates {
		p.line(fmt.Sprintf("    %s  %s  %.0f %%", p.paint(bold, c.Record), c.Band, 100*c.Probability))
		for _, r := range c.Reasons {
			p.line("      " + p.paint(grey, weight(r.Weight)) + "  " + p.wrap(r.Text, 14))
		}
	}
}
