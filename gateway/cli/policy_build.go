package cli

import (
	"context"
	"os"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/decide/proof"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/keyring"
)

func (a *app) policyBuildCommand() *cobra.Command {
	var dir, out, revision string
	var overlay bool
	cmd := &cobra.Command{
		Use: "build", Short: "Make a bundle of a folder of rules: one file, the same bytes from the same tree",
		Long: "build compiles the rules, runs their tests and cases, and writes all of it as one archive that stock opa loads\n" +
			"too. The registry names a bundle by the digest that build prints. A bundle that fails is not written.",
		Example: "  homeward policy build --dir policies --out bundle.tar.gz\n" +
			"  homeward policy build --overlay --dir policies/overlay-example --out overlay.tar.gz",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := a.provenBundle(cmd.Context(), dir, overlay)
			if err != nil {
				return err
			}
			if b.Revision = revision; revision == "" {
				b.Revision = b.Version
			}
			return a.writeBundle(b, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&dir, "dir", "policies", "folder of the rules")
	f.StringVar(&out, "out", "", "archive to write, e.g. bundle.tar.gz")
	f.StringVar(&revision, "revision", "", "where the rules come from, for people; the version if left out")
	f.BoolVar(&overlay, "overlay", false, "a holder's own overlay, below overlay/ in the folder")
	required(cmd, "out")
	return cmd
}

// provenBundle reads a folder of rules and tries it as a gateway would before it
// comes into force; an overlay beside the rules of this program.
func (a *app) provenBundle(ctx context.Context, dir string, overlay bool) (decide.Bundle, error) {
	o := decide.Options{Now: a.now, Timeout: decide.AuthorsTimeout}
	if !overlay {
		b, err := decide.LoadFile(dir, decide.RootCoalition)
		if err != nil {
			return b, err
		}
		return b, decide.Prove(ctx, b, o, proof.Bundle)
	}
	b, err := decide.LoadFile(dir, decide.RootOverlay)
	if err != nil {
		return b, err
	}
	return b, decide.ProveOverlay(ctx, b, o)
}

func (a *app) policySignCommand() *cobra.Command {
	var keyFile, holder, until, out string
	cmd := &cobra.Command{
		Use: "sign FILE", Short: "Sign one's own overlay, so that one's own gateway takes it",
		Long: "sign is for the holder that adds rules of its own. The key is one of its signing keys in the registry, or\n" +
			"the one that policy.overlay_key names.",
		Example: "  homeward policy sign overlay.tar.gz --key keys/sign.jwk --participant gov-ua --until 2027-06-30 --out overlay.signed.tar.gz",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			last, err := time.Parse(time.DateOnly, until)
			if err != nil {
				return usage("--until %s: expected a day, e.g. 2027-06-30", until)
			}
			end := last.Add(24*time.Hour - time.Second) // the day named is the last one
			if now := a.now(); !end.After(now) || end.Sub(now) > envelope.MaxLifetime(envelope.TypeOverlay) {
				return usage("--until %s: expected a day ahead, at most 400 days", until)
			}
			b, err := decide.LoadFile(args[0], decide.RootOverlay)
			if err != nil {
				return err
			}
			key, err := keyring.ReadPrivate(keyFile)
			if err != nil {
				return err
			}
			if b, err = b.Sign(holder, key, a.now(), end); err != nil {
				return err
			}
			return a.writeBundle(b, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&keyFile, "key", "", "private JWK that signs")
	f.StringVar(&holder, "participant", "", "whose overlay it is: one's own id in the registry")
	f.StringVar(&until, "until", "", "last day that it holds, at most 400 days ahead, e.g. 2027-06-30")
	f.StringVar(&out, "out", "", "archive to write")
	required(cmd, "key", "participant", "until", "out")
	return cmd
}

// writtenBundle is what names a bundle.
type writtenBundle struct {
	File     string `json:"file"`
	Root     string `json:"root"`
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Digest   string `json:"digest"`
	Schema   string `json:"schema"`
	Signed   bool   `json:"signed"`
	Bytes    int    `json:"bytes"`
}

// writeBundle writes an archive beside what may be there, and then in its place:
// a gateway that looks meanwhile sees a whole one.
func (a *app) writeBundle(b decide.Bundle, out string) error {
	archive, err := b.Archive()
	if err != nil {
		return err
	}
	part := out + ".part"
	if err := os.WriteFile(part, archive, 0o644); err != nil { //nolint:gosec // G306: the policy is no secret
		return err
	}
	if err := os.Rename(part, out); err != nil {
		return err
	}
	return a.show(writtenBundle{out, b.Root, b.Version, b.Revision, b.Digest, b.Schema, b.Signature != "", len(archive)}, func(p *printer) {
		p.line("file      " + out)
		p.line("version   " + b.Version)
		p.line("revision  " + b.Revision)
		p.line("digest    " + b.Digest)
		p.line("schema    " + b.Schema)
	})
}
