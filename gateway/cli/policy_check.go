package cli

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/decide"
)

func (a *app) policyCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check [DIR|BUNDLE]", Short: "Say everything that is wrong with a policy, with file and line",
		Long: "check compiles the rules strictly with the built-ins that a policy may use, looks for METADATA that is not\n" +
			"complete and for data that is not the schema's, and asks the self-test that a gateway asks. Without an\n" +
			"argument it checks the policy of this program. It exits with 1 if anything is wrong.",
		Example: "  homeward policy check policies",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := policyOf(args)
			if err != nil {
				return failure(err)
			}
			faults := decide.Check(cmd.Context(), b, folderOf(args))
			if faults == nil {
				faults = []decide.Fault{}
			}
			shown := map[string]any{"policy": namedPolicy(b), "ok": len(faults) == 0, "faults": faults}
			err = a.show(shown, func(p *printer) {
				for _, f := range faults {
					p.line(p.paint(red, f.Place+": ") + f.What)
					p.line("  " + p.wrap(f.Remedy, 2))
				}
				if len(faults) == 0 {
					p.line(p.paint(green, "ok") + "  policy " + b.Version + "  " + b.Digest)
				} else {
					p.line(fmt.Sprintf("%d faults", len(faults)))
				}
			})
			if err == nil && len(faults) > 0 {
				return errFailed
			}
			return failure(err)
		},
	}
}

// folderOf is the folder that an argument names; nil if it names none.
func folderOf(args []string) fs.FS {
	if len(args) == 0 {
		return nil
	}
	dir := rulesFolder(args[0])
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	return os.DirFS(dir)
}
