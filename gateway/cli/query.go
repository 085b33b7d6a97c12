package cli

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/client"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

type queryFlags struct {
	profile       string
	request       *homewardv1.AskRequest
	purpose, link string
	collect       string
	stream, plan  bool
	sign          bool
	saveLink      string
	fields        []string
	goAhead       []string // files
	approval      []string // files
	glass         []string
	why           string
}

func (a *app) queryCommand() *cobra.Command {
	f := queryFlags{request: &homewardv1.AskRequest{Officer: &homewardv1.Officer{}, Criteria: &homewardv1.Criteria{}}}
	cmd := &cobra.Command{
		Use: "query", Short: "Ask for one child, for one purpose, through one's own gateway",
		Long: "query asks the holders whom policy names and prints each answer field by field: released, generalised to\n" +
			"what, or withheld, with the legal basis. The gateway signs, seals, sends and verifies.\n\n" +
			"Ask with a case link, or with at least two criteria; a name alone is not enough. It exits with 3 if the\n" +
			"question was refused, or if no holder answered.",
		Example: "  homeward query --purpose return --link case.link\n" +
			"  homeward query --purpose match --family Шевченко --given Олександр --born 2014\n" +
			"  homeward query --purpose found --present --family Шевченко --given Олександр --born 2014\n" +
			"  homeward query --purpose return --link case.link --goahead photo.goahead\n" +
			"  homeward query --purpose return --link case.link --break-glass documents --why 'Travel document for the flight of 3 May' --approval case.approval",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.query(cmd.Context(), f) },
	}
	fl, r := cmd.Flags(), f.request
	fl.StringVar(&f.profile, "profile", "", "how to reach the gateway (default $HOMEWARD_PROFILE, then .homeward/profile.yaml)")
	fl.StringVar(&f.purpose, "purpose", "", "match, found, trace, return, care, accountability or audit")
	fl.StringVar(&f.link, "link", "", "file with the case link")
	fl.StringArrayVar(&f.goAhead, "goahead", nil, "file with a go-ahead that belongs to the case link; may be repeated")
	fl.BoolVar(&r.Present, "present", false, "with --purpose found: the officer attests that the child is with them")
	fl.StringVar(&r.Need, "need", "", "the one need that is asked for: medication, disability_aid or language")
	fl.StringSliceVar(&f.glass, "break-glass", nil, "columns that two people must approve, e.g. documents; with --why and --approval")
	fl.StringVar(&f.why, "why", "", "why they are needed, word for word as it was approved")
	fl.StringArrayVar(&f.approval, "approval", nil, "file with an approval (homeward break-glass approve); may be repeated")
	criteriaFlags(fl, r.Criteria)
	fl.StringVar(&r.Officer.Id, "officer", "", "pseudonym of the officer (default from the profile)")
	fl.StringVar(&r.Officer.Role, "role", "", "role of the officer (default from the profile)")
	fl.StringVar(&r.Case, "case", "", "one's own case number: a label, not a right")
	fl.StringVar(&r.Basis, "basis", "", "legal basis (default from the profile, then GDPR 6(1)(e))")
	fl.StringSliceVar(&f.fields, "fields", nil, "paths or groups, with commas; all that policy allows if left out")
	fl.BoolVar(&f.stream, "stream", false, "print each answer as it comes")
	fl.BoolVar(&f.plan, "plan", false, "say whom policy lets be asked, and ask nobody")
	fl.BoolVar(&f.sign, "sign", false, "sign with the agency's own key (sign_key of the profile)")
	fl.StringVar(&f.collect, "collect", "", "id of an earlier query: fetch what has become ready")
	fl.StringVar(&f.saveLink, "save-link", "", "with --collect: file for the case link that has come")
	cmd.MarkFlagsMutuallyExclusive("stream", "plan", "sign", "collect")
	cmd.MarkFlagsOneRequired("purpose", "collect")
	cmd.MarkFlagsRequiredTogether("break-glass", "why", "approval")
	return cmd
}

func (a *app) query(ctx context.Context, f queryFlags) error {
	p, err := a.profile(f.profile)
	if err != nil {
		return err
	}
	if err := f.complete(p); err != nil {
		return err
	}
	c, err := p.client()
	if err != nil {
		return err
	}
	defer c.Close()
	switch {
	case f.plan:
		r, err := c.Plan(ctx, f.request)
		if err != nil {
			return err
		}
		return a.plan(r)
	case f.stream:
		return a.stream(ctx, c, f.request)
	case f.collect != "":
		r, err := c.Collect(ctx, f.collect, f.request.Officer)
		return errors.Join(a.answers(r, err), saveLink(r, f.saveLink))
	case f.sign:
		return a.answers(signed(ctx, c, p, f.request))
	}
	return a.answers(c.Ask(ctx, f.request))
}

// complete fills in what the profile says and reads the case link.
func (f *queryFlags) complete(p profile) error {
	r := f.request
	for _, d := range []struct{ field, fallback *string }{{&r.Officer.Id, &p.Officer}, {&r.Officer.Role, &p.Role}, {&r.Basis, &p.Basis}} {
		if *d.field == "" {
			*d.field = *d.fallback
		}
	}
	if r.Basis == "" {
		r.Basis = "GDPR 6(1)(e)"
	}
	if f.collect != "" {
		return nil
	}
	n, ok := homewardv1.Purpose_value["PURPOSE_"+strings.ToUpper(f.purpose)]
	if !ok || n == 0 {
		return usage("--purpose %s: expected match, found, trace, return, care, accountability or audit", f.purpose)
	}
	r.Purpose, r.Fields = homewardv1.Purpose(n), f.fields
	for _, file := range slices.Concat([]string{f.link}, f.goAhead, f.approval) {
		if file == "" {
			continue
		}
		token, err := readToken(file)
		if err != nil {
			return err
		}
		r.Links = append(r.Links, token)
	}
	if len(f.glass) > 0 {
		r.BreakGlass = &homewardv1.BreakGlass{Columns: f.glass, Why: f.why}
	}
	if proto.Equal(r.Criteria, &homewardv1.Criteria{}) {
		r.Criteria = nil
	}
	return nil
}

// signed asks as an agency that signs for itself: one message for each holder of the plan.
func signed(ctx context.Context, c *client.Client, p profile, r *homewardv1.AskRequest) (*homewardv1.AskResponse, error) {
	if p.SignKey == "" || p.Participant == "" {
		return nil, usage("--sign needs participant and sign_key in the profile")
	}
	jwk, err := os.ReadFile(p.SignKey)
	if err != nil {
		return nil, err
	}
	signer, err := client.NewSigner(p.Participant, jwk)
	if err != nil {
		return nil, err
	}
	plan, err := c.Plan(ctx, r)
	if err != nil {
		return nil, err
	}
	messages := make(map[string]string)
	for _, h := range plan.GetHolders() {
		if !h.GetAsked() {
			continue
		}
		if messages[h.GetHolder()], err = signer.SignQuery(h.GetHolder(), r, plan.GetHas()...); err != nil {
			return nil, err
		}
	}
	return c.Forward(ctx, messages)
}

func (a *app) answers(r *homewardv1.AskResponse, err error) error {
	if err != nil {
		return err
	}
	err = a.proto(r, func(p *printer) {
		for _, h := range r.GetAnswers() {
			p.holder(h)
		}
		p.advice(r.GetAnswers())
		p.line("")
		p.line(p.paint(grey, "query "+r.GetQueryId()+": homeward query --collect with this id asks again"))
	})
	return errors.Join(err, nobody(r.GetAnswers()))
}

// saveLink writes the newest case link that came, ready for --link.
func saveLink(r *homewardv1.AskResponse, file string) error {
	if file == "" || r == nil {
		return nil
	}
	for _, h := range r.GetAnswers() {
		if n := len(h.GetLinks()); n > 0 {
			return os.WriteFile(file, []byte(h.GetLinks()[n-1]+"\n"), 0o600)
		}
	}
	return errRefused // nothing has come yet
}

// nobody is why a script should not go on: not one holder answered or promised to.
func nobody(answers []*homewardv1.HolderAnswer) error {
	for _, h := range answers {
		if s := h.GetStatus(); s == homewardv1.Status_STATUS_ANSWERED || s == homewardv1.Status_STATUS_PENDING {
			return nil
		}
	}
	return errRefused
}

// stream prints each answer as it comes; with -o json one object a line.
func (a *app) stream(ctx context.Context, c *client.Client, r *homewardv1.AskRequest) error {
	var got []*homewardv1.HolderAnswer
	p := a.printerTo(a.out)
	err := c.AskStream(ctx, r, func(h *homewardv1.HolderAnswer) error {
		got = append(got, h)
		if a.output == "json" {
			line, err := protoJSON(h)
			p.line(string(line))
			return errors.Join(err, p.failed)
		}
		p.holder(h)
		return p.failed
	})
	if err != nil {
		return err
	}
	if a.output == "table" {
		p.advice(got)
	}
	return errors.Join(p.failed, nobody(got))
}

func (a *app) plan(r *homewardv1.PlanResponse) error {
	return a.proto(r, func(p *printer) {
		var rows [][]string
		for _, h := range r.GetHolders() {
			asked := "no"
			if h.GetAsked() {
				asked = "yes"
			}
			rows = append(rows, []string{h.GetHolder(), asked, h.GetReason()})
		}
		p.table("", []string{"HOLDER", "ASKED", "WHY"}, rows, nil)
	})
}
