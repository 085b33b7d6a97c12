package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/decide"
)

func (a *app) policyDiffCommand() *cobra.Command {
	return &cobra.Command{
		Use: "diff OLD NEW", Short: "Say in words what changes from one policy to another",
		Long: "diff compares two folders or bundles: rules changed, added and removed, cells of the matrix, and data. What\n" +
			"the change would have done to past decisions, impact says.",
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			old, err := policyOf(args[:1])
			if err != nil {
				return err
			}
			now, err := policyOf(args[1:])
			if err != nil {
				return err
			}
			changes, err := decide.Diff(old, now)
			if err != nil {
				return err
			}
			if changes == nil {
				changes = []decide.Change{}
			}
			shown := map[string]any{"old": namedPolicy(old), "new": namedPolicy(now), "changes": changes}
			return a.show(shown, func(p *printer) { p.changes(changes) })
		},
	}
}

// policyName is what names a bundle.
type policyName struct {
	Version string `json:"version"`
	Digest  string `json:"digest"`
}

func namedPolicy(b decide.Bundle) policyName { return policyName{b.Version, b.Digest} }

// changes prints what changed as a list, each kind under its head.
func (p *printer) changes(changes []decide.Change) {
	if len(changes) == 0 {
		p.line("Nothing that decides or explains has changed.")
		return
	}
	heads := map[string]string{
		decide.ChangeChanged: "Changed", decide.ChangeAdded: "Added", decide.ChangeRemoved: "Removed",
		decide.ChangeTexts: "Other words for the same rule", decide.ChangeData: "Data",
	}
	for _, kind := range []string{decide.ChangeChanged, decide.ChangeAdded, decide.ChangeRemoved, decide.ChangeTexts, decide.ChangeData} {
		first := true
		for _, c := range changes {
			if c.Kind != kind {
				continue
			}
			if first {
				p.line(p.paint(bold, heads[kind]))
			}
			first = false
			p.change(c)
		}
	}
}

// change prints the rule with its place and articles, what it is for, and what changed of it.
func (p *printer) change(c decide.Change) {
	line := "  " + c.Title
	if c.Place != "" {
		line += p.paint(grey, "  ("+strings.Trim(c.Place+"; "+c.Basis, "; ")+")")
	}
	p.line(line)
	if c.Says != "" {
		p.line("    " + p.paint(grey, p.wrap(c.Says, 4)))
	}
	for _, d := range c.Details {
		p.line("    - " + p.wrap(d, 6))
	}
}
