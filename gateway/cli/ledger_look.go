package cli

import (
	"context"
	"os"
	"os/user"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

// looking adds the flags of who is shown decisions. Whoever names none looks as the
// operator.
func looking(cmd *cobra.Command, by *ledger.Reviewer) {
	cmd.Flags().StringVar(&by.ID, "reviewer", "", "pseudonym of who looks; the look is recorded, as the operator's if nobody is named")
	cmd.Flags().StringVar(&by.Role, "role", ledger.RoleLegalReviewer, "role of who looks: reviewer or legal_reviewer")
	cmd.Flags().StringVar(&by.Mandate, "mandate", "", "on what ground: an order, a rule, a case")
	cmd.PreRun = func(*cobra.Command, []string) {
		if by.ID == "" && by.Mandate == "" {
			*by = operator()
		}
	}
}

// atCommandLine is the mandate of an operator who names no other.
const atCommandLine = "operation of this gateway"

// operator is who runs this gateway, by the name of the account.
func operator() ledger.Reviewer {
	id := strconv.Itoa(os.Getuid())
	if u, err := user.Current(); err == nil {
		id = u.Username
	}
	return ledger.Reviewer{Officer: envelope.Officer{ID: id, Role: ledger.RoleOperator}, Mandate: atCommandLine}
}

// reading opens the ledger for a reviewer. A name without a ground, or a ground
// without a name, is refused before anything is opened.
func (a *app) reading(ctx context.Context, by ledger.Reviewer, do func(ledger.Reader) error) error {
	if err := by.MayLook(); err != nil {
		return err
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	return a.withStore(ctx, func(s ledger.Store) error { return do(reader(s, c.Participant)) })
}

// reader shows decisions, and records who is shown them.
func reader(s ledger.Store, self string) ledger.Reader {
	return ledger.Reader{Ledger: ledger.New(s, time.Now), Store: s, Self: self}
}
