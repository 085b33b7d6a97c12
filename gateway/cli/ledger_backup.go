package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"homeward.example/gateway"
	"homeward.example/gateway/internal/audit"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/store"
	"homeward.example/gateway/internal/tlog"
)

func (a *app) ledgerBackupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup DIR", Short: "Copy the store and the transparency log into a new folder, while the gateway runs", Args: cobra.ExactArgs(1),
		Long: "backup copies the store and then the published log. A store in PostgreSQL is not copied: dump it with pg_dump first,\n" +
			"then run this. Keys, the registry and the configuration are not in it. What the folder holds is as secret as the store.",
		Example: "  homeward ledger backup saved",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.auditing(cmd.Context(), func(l audit.Ledger, _ tlog.Options) error {
				c, err := a.config()
				if err != nil {
					return err
				}
				n, err := l.Backup(cmd.Context(), args[0], c.Store.Driver == store.SQLite)
				if err != nil {
					return err
				}
				return a.show(map[string]any{"dir": args[0], "entries": n}, func(p *printer) {
					p.line("saved in " + args[0] + ", with the " + strconv.FormatUint(n, 10) + " entries of the log")
				})
			})
		},
	}
}

func (a *app) ledgerRestoreCommand() *cobra.Command {
	return &cobra.Command{
		Use: "restore DIR", Short: "Put a backup back, and check that it ends at the same root", Args: cobra.ExactArgs(1),
		Long: "restore writes over nothing: the database and the folder of the log that the configuration names must not exist. A\n" +
			"store in PostgreSQL is restored with pg_restore first. The log is computed anew, and must have the root of the\n" +
			"checkpoint that the store remembers. If the gateway went on after the backup was taken, its witnesses remember more and\n" +
			"refuse to cosign: what the backup lost is not hidden by it. homeward ledger generation says how the log can go on.",
		Example: "  homeward ledger restore saved",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			if c.Store.Driver == store.SQLite {
				if err := putBack(c, args[0]); err != nil {
					return err
				}
			}
			return a.auditing(cmd.Context(), func(l audit.Ledger, o tlog.Options) error {
				if err := audit.Restore(cmd.Context(), l.Store, args[0], o); err != nil {
					return err
				}
				return a.checked(cmd.Context(), l)
			})
		},
	}
}

// putBack copies the database to where the configuration has it.
func putBack(c gateway.Config, dir string) error {
	file := c.Store.DSN.Reveal()
	if uri, ok := strings.CutPrefix(file, "file:"); ok {
		file, _, _ = strings.Cut(uri, "?")
	}
	for _, taken := range []string{file, file + "-wal", filepath.Join(c.StateDir, "log")} {
		if _, err := os.Stat(taken); !errors.Is(err, os.ErrNotExist) {
			return problem.New(audit.CodeBackupTarget, taken)
		}
	}
	content, err := os.ReadFile(filepath.Join(dir, audit.StoreFile))
	if err != nil {
		return problem.Wrap(audit.CodeBackupDiffers, audit.StoreFile, err)
	}
	return audit.Durable(file, content)
}
