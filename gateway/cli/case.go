package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/exchange"
	"homeward.example/gateway/internal/ledger"
)

func (a *app) caseCommand() *cobra.Command {
	c := &cobra.Command{Use: "case", Short: "See who asked for one's children or found one, and issue case links and go-aheads"}
	c.AddCommand(a.caseLinkCommand(), a.caseGoAheadCommand(), a.caseReleaseCommand(), a.casePushCommand(), a.casePushesCommand(), a.caseRevokeCommand(), a.caseHitsCommand(), a.caseSweepsCommand())
	return c
}

type linkFlags struct {
	request    exchange.LinkRequest
	until, hit string
	out        string
}

func (a *app) caseLinkCommand() *cobra.Command {
	var f linkFlags
	cmd := &cobra.Command{
		Use: "link", Short: "Issue a case link: this child, this recipient, this purpose, until then, these leads",
		Long: "link is for the authority of origin, or a holder. It signs the statement that lets a recipient ask for one\n" +
			"child, and records it. Without --out it prints the link. With --hit the recipient also collects it with the\n" +
			"question that made the hit (homeward query --collect).",
		Example: "  homeward case link --hit csQPzrbAGkFqys_YlVBdrA --until 2027-02-20\n" +
			"  homeward case link --child ua-syn-000000 --participant gov-pl --purpose return --until 2027-02-20 --lead unicef --lead icrc --out case.link",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.caseLink(cmd.Context(), f) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.request.Child, "child", "", "record id in one's own case system; left out with --hit: the record that was hit")
	fl.StringVar(&f.request.Recipient, "participant", "", "who may ask; left out with --hit: who asked")
	fl.StringVar(&f.request.Purpose, "purpose", "return", "for which purpose")
	fl.StringVar(&f.until, "until", "", "last day, e.g. 2027-02-20")
	fl.StringArrayVar(&f.request.Leads, "lead", nil, "a further holder that may be asked; may be repeated")
	fl.StringVar(&f.request.Identity, "identity", "original", "identity that the link covers: original or imposed")
	fl.StringVar(&f.hit, "hit", "", "id of the hit that this answers (homeward case hits)")
	officerFlags(cmd, &f.request.Officer, "operator")
	fl.StringVar(&f.out, "out", "", "file to write the link to")
	required(cmd, "until")
	cmd.MarkFlagsOneRequired("participant", "hit")
	cmd.MarkFlagsOneRequired("child", "hit")
	return cmd
}

func (a *app) caseLink(ctx context.Context, f linkFlags) error {
	until, err := lastDay(f.until)
	if err != nil {
		return err
	}
	r := f.request
	r.Purpose = strings.ToUpper(r.Purpose)
	r.Until = until
	return a.acting(ctx, func(x *exchange.Exchange) error {
		if f.hit != "" {
			hit, err := x.Store.Hit(ctx, f.hit)
			if err != nil {
				return err
			}
			if err := answering(&r, hit); err != nil {
				return err
			}
		}
		link, err := x.IssueLink(ctx, r)
		if err != nil {
			return err
		}
		return a.linkIssued(link, r, f.out)
	})
}

// answering fills in what a hit says of the link that answers it.
func answering(r *exchange.LinkRequest, hit ledger.Hit) error {
	r.QueryJTI, r.Recipient, r.Child = hit.QueryJTI, cmp.Or(r.Recipient, hit.Requester), cmp.Or(r.Child, hit.Record)
	if r.Child == "" {
		return usage("--hit %s came from %s: say with --child which of your own records it is", hit.ID, hit.Holder)
	}
	return nil
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

// shownHit is who asked, and for whom: one's own record, or what another holder
// was asked for. It is for the officers of the authority of origin.
type shownHit struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`
	Requester string    `json:"requester"`
	Holder    string    `json:"holder"`
	Purpose   string    `json:"purpose"`
	Record    string    `json:"record,omitempty"`
	// Urgent: a child is with somebody who waits for the authority of origin (FOUND).
	Urgent bool `json:"urgent,omitempty"`
	// Asked: the criteria, in a notice of another holder.
	Asked map[string]string `json:"asked,omitempty"`
}

func shownHitOf(h ledger.Hit) shownHit {
	s := shownHit{ID: h.ID, At: h.At.UTC(), Requester: h.Requester, Holder: h.Holder, Purpose: h.Purpose, Record: h.Record}
	s.Urgent = h.Purpose == "FOUND"
	_ = json.Unmarshal(h.Detail, &s.Asked) // of one's own hits there is none
	return s
}

// whom is the record, or the criteria in the order of their names.
func (s shownHit) whom() string {
	if s.Record != "" {
		return s.Record
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.Asked)) {
		parts = append(parts, name+" "+s.Asked[name])
	}
	return strings.Join(parts, ", ")
}

func (a *app) caseHitsCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "hits", Short: "List who asked for a child that this gateway or another holder knows",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := limited(limit); err != nil {
				return err
			}
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				hits, err := x.Hits(cmd.Context(), limit)
				if err != nil {
					return err
				}
				shown := []shownHit{}
				var rows [][]string
				for _, h := range hits {
					hit := shownHitOf(h)
					shown = append(shown, hit)
					purpose := h.Purpose
					if hit.Urgent {
						purpose += ", URGENT"
					}
					rows = append(rows, []string{hit.At.Format("2006-01-02 15:04:05"), h.Requester, h.Holder, purpose, h.ID, hit.whom()})
				}
				return a.show(map[string]any{"hits": shown}, func(p *printer) {
					p.table("", []string{"AT (UTC)", "WHO ASKED", "HOLDER", "PURPOSE", "HIT", "RECORD, OR WHO WAS ASKED FOR"}, rows,
						inColumn(3, func(cell string) colour {
							if strings.HasSuffix(cell, "URGENT") {
								return red
							}
							return ""
						}))
				})
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "how many")
	return cmd
}
