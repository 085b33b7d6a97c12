package cli

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
)

func (a *app) caseCommand() *cobra.Command {
	c := &cobra.Command{Use: "case", Short: "See who asked for one's children, and issue case links"}
	c.AddCommand(a.caseLinkCommand(), a.caseHitsCommand())
	return c
}

type linkFlags struct {
	request       exchange.LinkRequest
	until, hit    string
	out           string
	officer, role string
}

func (a *app) caseLinkCommand() *cobra.Command {
	var f linkFlags
	cmd := &cobra.Command{
		Use: "link", Short: "Issue a case link: this child, this recipient, this purpose, until then, these leads",
		Long: "link is for the authority of origin, or a holder. It signs the statement that lets a recipient ask for one\n" +
			"child, and records it. Without --out it prints the link. With --hit the recipient also collects it with the\n" +
			"question that made the hit (homeward query --collect).",
		Example: "  homeward case link --child UA-000123 --participant gov-pl --purpose return --until 2027-02-20 --lead unicef --lead icrc --out case.link",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.caseLink(cmd.Context(), f) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.request.Child, "child", "", "record id in one's own case system")
	fl.StringVar(&f.request.Recipient, "participant", "", "who may ask; left out with --hit: who asked")
	fl.StringVar(&f.request.Purpose, "purpose", "return", "for which purpose")
	fl.StringVar(&f.until, "until", "", "last day, e.g. 2027-02-20")
	fl.StringArrayVar(&f.request.Leads, "lead", nil, "a further holder that may be asked; may be repeated")
	fl.StringVar(&f.request.Identity, "identity", "original", "identity that the link covers: original or imposed")
	fl.StringVar(&f.hit, "hit", "", "id of the hit that this answers (homeward case hits)")
	fl.StringVar(&f.officer, "officer", "operator", "pseudonym of the officer who decides, for the record")
	fl.StringVar(&f.role, "role", "case_officer", "role of that officer")
	fl.StringVar(&f.out, "out", "", "file to write the link to")
	for _, name := range []string{"child", "until"} {
		_ = cmd.MarkFlagRequired(name) // fails only for a flag that is not there
	}
	cmd.MarkFlagsOneRequired("participant", "hit")
	return cmd
}

func (a *app) caseLink(ctx context.Context, f linkFlags) error {
	last, err := time.Parse(time.DateOnly, f.until)
	if err != nil {
		return usage("--until %s: expected a day, e.g. 2027-02-20", f.until)
	}
	r := f.request
	r.Purpose = strings.ToUpper(r.Purpose)
	r.Until = last.Add(24*time.Hour - time.Second) // the day named is the last one
	r.Officer = envelope.Officer{ID: f.officer, Role: f.role}
	g, err := a.gateway(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer g.Close()
	if f.hit != "" {
		hit, err := g.Store().Hit(ctx, f.hit)
		if err != nil {
			return err
		}
		r.QueryJTI = hit.QueryJTI
		if r.Recipient == "" {
			r.Recipient = hit.Requester
		}
	}
	link, err := g.Exchange().IssueLink(ctx, r)
	if err != nil {
		return err
	}
	return a.linkIssued(link, r, f.out)
}

func (a *app) linkIssued(link ledger.Link, r exchange.LinkRequest, out string) error {
	shown := map[string]any{
		"id": link.ID, "recipient": link.Recipient, "purpose": r.Purpose, "expires": link.Expires.UTC(), "leads": r.Leads, "file": out,
	}
	if out == "" {
		if a.output == "table" {
			p := a.printerTo(a.out)
			p.line(link.Token) // the link alone, so that it can be piped
			return p.failed
		}
		shown["link"] = link.Token
	} else if err := os.WriteFile(out, []byte(link.Token+"\n"), 0o600); err != nil {
		return err
	}
	return a.show(shown, func(p *printer) {
		p.line("Case link " + link.ID + " for " + link.Recipient + ", " + r.Purpose + ", until " + day(link.Expires) + ": " + out)
		if r.QueryJTI != "" {
			p.line(link.Recipient + " can also collect it with its question.")
		}
	})
}

// shownHit is who asked; what was asked is in the ledger, not here.
type shownHit struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`
	Requester string    `json:"requester"`
	Holder    string    `json:"holder"`
	Purpose   string    `json:"purpose"`
	Record    string    `json:"record,omitempty"`
}

func (a *app) caseHitsCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "hits", Short: "List who asked for a child that this gateway or another holder knows",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 || limit > 1000 {
				return usage("--limit %d: expected 1 to 1000", limit)
			}
			return a.withStore(cmd, func(s ledger.Store) error {
				hits, err := s.Hits(cmd.Context(), limit)
				if err != nil {
					return err
				}
				shown := []shownHit{}
				var rows [][]string
				for _, h := range hits {
					shown = append(shown, shownHit{h.ID, h.At.UTC(), h.Requester, h.Holder, h.Purpose, h.Record})
					rows = append(rows, []string{h.At.UTC().Format("2006-01-02 15:04:05"), h.Requester, h.Holder, h.Purpose, h.Record, h.ID})
				}
				return a.show(map[string]any{"hits": shown}, func(p *printer) {
					p.table("", []string{"AT (UTC)", "WHO ASKED", "HOLDER", "PURPOSE", "RECORD", "HIT"}, rows, nil)
				})
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "how many")
	return cmd
}
