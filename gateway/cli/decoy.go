package cli

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/casework"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/exchange"
)

func (a *app) decoyCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "decoy", Short: "Records of nobody, which only who fishes asks for",
		Long: "A decoy is a made-up record in one's own case system. It is answered like any other; whoever asks for it is\n" +
			"remembered, counted and logged, and learns nothing of that.",
	}
	var child string
	var officer envelope.Officer
	add := &cobra.Command{
		Use: "add", Short: "Make a record of one's own a decoy", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				if _, err := x.LayDecoy(cmd.Context(), child, officer); err != nil {
					return err
				}
				return a.show(map[string]any{"decoy": child}, func(p *printer) { p.line(printable(child) + " is a decoy") })
			})
		},
	}
	remove := &cobra.Command{
		Use: "remove", Short: "Take a decoy in; who touched it stays on the record", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				if err := x.TakeDecoy(cmd.Context(), child, officer); err != nil {
					return err
				}
				return a.show(map[string]any{"record": child}, func(p *printer) { p.line(printable(child) + " is no decoy any more") })
			})
		},
	}
	for _, cmd := range []*cobra.Command{add, remove} {
		cmd.Flags().StringVar(&child, "child", "", "record id in one's own case system")
		decider(cmd, &officer)
		required(cmd, "child")
	}
	c.AddCommand(add, remove, a.decoyListCommand())
	return c
}

// shownTouch is one question that matched a decoy.
type shownTouch struct {
	At        time.Time `json:"at"`
	Requester string    `json:"requester"`
	Officer   string    `json:"officer"`
	Role      string    `json:"role"`
	Purpose   string    `json:"purpose"`
}

func (a *app) decoyListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the decoys, and who asked for one", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				laid, touched, err := x.Decoys(cmd.Context())
				if err != nil {
					return err
				}
				return a.decoys(laid, touched)
			})
		},
	}
}

func (a *app) decoys(laid []casework.Decoy, touched []casework.Touch) error {
	records, touches := []string{}, []shownTouch{}
	var rows [][]string
	for _, d := range laid {
		records = append(records, d.Record)
	}
	for _, t := range touched {
		s := shownTouch{t.At.UTC(), t.Participant, t.Officer, t.Role, t.Purpose}
		touches = append(touches, s)
		rows = append(rows, []string{s.At.Format(time.DateTime), s.Requester, s.Officer, s.Role, s.Purpose})
	}
	return a.show(map[string]any{"decoys": records, "touched": touches}, func(p *printer) {
		p.line("decoys: " + strconv.Itoa(len(records)))
		for _, r := range records {
			p.line("  " + printable(r))
		}
		if len(rows) > 0 {
			p.table("", []string{"AT (UTC)", "WHO ASKED", "OFFICER", "ROLE", "PURPOSE"}, rows, nil)
		}
	})
}

func (a *app) caseSweepsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "sweeps", Short: "List officers who asked all holders for too many children, or for one too often, in a day",
		Long: "sweeps is for the authority of origin: every holder tells it once an hour who asked how often, by officer and by a\n" +
			"hash of the question. A holder whose word alone makes it one is named beside it. budgets.children_per_day and budgets.repeats_per_day in the configuration are the limits.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.acting(cmd.Context(), func(x *exchange.Exchange) error {
				sweeps, err := x.Sweeps(cmd.Context())
				if err != nil {
					return err
				}
				return a.sweeps(sweeps)
			})
		},
	}
}

func (a *app) sweeps(sweeps []casework.Sweep) error {
	type shown struct {
		Requester string `json:"requester"`
		Officer   string `json:"officer"`
		Children  int    `json:"children"`
		Repeats   int    `json:"repeats"`
		Questions int    `json:"questions"`
		RestsOn   string `json:"rests_on,omitempty"` // holders that alone make it one
	}
	list := []shown{}
	var rows [][]string
	for _, s := range sweeps {
		list = append(list, shown(s))
		rows = append(rows, []string{s.Requester, s.Officer, strconv.Itoa(s.Children), strconv.Itoa(s.Repeats), strconv.Itoa(s.Questions), s.RestsOn})
	}
	return a.show(map[string]any{"sweeps": list}, func(p *printer) {
		if len(rows) == 0 {
			p.line("no officer exceeds the limits")
			return
		}
		p.table("", []string{"WHO ASKED", "OFFICER", "CHILDREN", "MOST FOR ONE", "QUESTIONS", "NOT WITHOUT"}, rows, nil)
	})
}
