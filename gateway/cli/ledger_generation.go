package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"homeward.example/gateway"
)

func (a *app) ledgerGenerationCommand() *cobra.Command {
	return &cobra.Command{
		Use: "generation", Short: "Say what the witnesses remember of the log, and how it goes on if they remember more", Args: cobra.NoArgs,
		Long: "generation is for a gateway that ends with log_rolled_back, since all that is left is a backup older than what its log\n" +
			"published. Restore the store and the log first (homeward ledger restore), with the keys of before, and leave the\n" +
			"gateway stopped. generation asks the witnesses, and begins nothing. If they remember more than is here, it prints what\n" +
			"the secretariat must add to this participant's entry in the registry, and exits with 3. With that registry in its place,\n" +
			"and in that of the others, start the gateway: its log goes on from the checkpoint that is here, as its next generation.\n" +
			"What was decided after the backup stays lost here, also what protects: place holds again, take back case links again,\n" +
			"erase again. homeward ledger reconcile --with PARTICIPANT names the exchanges of which the other side has a record.",
		Example: "  homeward ledger generation\n  homeward ledger generation -o json",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.generation(cmd.Context()) },
	}
}

func (a *app) generation(ctx context.Context) error {
	return a.withGateway(ctx, func(g *gateway.Gateway) error {
		s, err := g.LogStand(ctx)
		if err != nil {
			return err
		}
		entry, err := json.MarshalIndent(s.EndedLogs, "", "  ")
		if err != nil {
			return err
		}
		return a.judged(s.EndedLogs == nil, s, func(p *printer) { p.logStand(s, string(entry)) })
	})
}

func (p *printer) logStand(s gateway.LogStand, entry string) {
	p.line(fmt.Sprintf("The log %s, generation %d: %d entries are published and here", s.Origin, s.Generation, s.Published.Size))
	var rows [][]string
	for _, w := range s.Witnesses {
		rows = append(rows, []string{w.Witness, fmt.Sprint(w.Size), w.Root, w.Problem})
	}
	p.table("", []string{"WITNESS", "REMEMBERS", "ROOT", "PROBLEM"}, rows, nil)
	if s.EndedLogs == nil {
		p.line(p.paint(green, "the log can go on: no witness remembers more"))
		return
	}
	p.line("")
	p.line(p.paint(red, fmt.Sprintf("%d entries were published and are not here: the decisions of that time, and padding.", s.Lost)))
	p.line("Holds, case links taken back, erasures and approvals of that time must be made again. homeward ledger reconcile")
	p.line("--with PARTICIPANT names the exchanges that the other side has a record of.")
	p.line("")
	p.line("For the secretariat: the entry of " + s.Participant + " in the registry must say, in a new version,")
	p.line("")
	p.line(`"ended_logs": ` + entry)
	p.line("")
	p.line("With that registry in its place start the gateway: its log goes on as generation " + fmt.Sprint(s.Generation+1) + ".")
}
