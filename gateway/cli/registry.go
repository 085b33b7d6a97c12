package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/keyring"
	"homeward.example/gateway/internal/problem"
	"homeward.example/gateway/internal/trust"
)

func (a *app) registryCommand() *cobra.Command {
	c := &cobra.Command{Use: "registry", Short: "Sign and show the registry of participants"}
	c.AddCommand(a.registrySignCommand(), a.registryShowCommand())
	return c
}

func (a *app) registrySignCommand() *cobra.Command {
	var keyFile, out string
	cmd := &cobra.Command{
		Use: "sign FILE.json|-", Short: "Validate a registry and sign it with the registry's key",
		Long:    "sign is the secretariat's: it reads the registry as JSON, refuses what participants would refuse, and signs it.",
		Example: "  homeward registry sign registry.json --key registry.jwk --out registry.jws",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			raw, err := a.read(args[0])
			if err != nil {
				return err
			}
			r, err := parseRegistry(raw)
			if err != nil {
				return err
			}
			key, err := keyring.ReadPrivate(keyFile)
			if err != nil {
				return err
			}
			signed, err := trust.Sign(r, key)
			if err != nil {
				return err
			}
			if out == "" {
				_, err = a.out.Write(signed)
				return err
			}
			return os.WriteFile(out, signed, 0o644) //nolint:gosec // G306: the registry is handed to everybody
		},
	}
	cmd.Flags().StringVar(&keyFile, "key", "", "private JWK of the registry's signer")
	cmd.Flags().StringVar(&out, "out", "", "file to write; standard output if left out")
	required(cmd, "key")
	return cmd
}

// parseRegistry reads the whole of it or nothing: an unknown member would be one
// that a person meant and nobody follows.
func parseRegistry(raw []byte) (trust.Registry, error) {
	var r trust.Registry
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return r, problem.Wrap(trust.CodeInvalid, "registry JSON", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return r, problem.New(trust.CodeInvalid, "registry JSON: something after its end")
	}
	return r, nil
}

// registry reads and verifies a signed registry.
func (a *app) registry(file, keyFile string) (trust.Registry, error) {
	key, err := keyring.ReadPublic(keyFile)
	if err != nil {
		return trust.Registry{}, err
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return trust.Registry{}, err
	}
	return trust.Verify(raw, key, a.now())
}

func participantOf(r trust.Registry, id string) error {
	var ids []string
	for _, p := range r.Participants {
		if p.ID == id {
			return nil
		}
		ids = append(ids, p.ID)
	}
	p := problem.Mismatch("unknown_participant", "registry", "a participant", id)
	p.Remedy = "the nearest is " + adapters.Nearest(id, ids)
	return p
}

func (a *app) registryShowCommand() *cobra.Command {
	var keyFile string
	cmd := &cobra.Command{
		Use: "show [FILE]", Short: "Verify the registry and print who takes part, with which keys and agreements",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var file string
			switch {
			case len(args) == 1 && keyFile != "":
				file = args[0]
			case len(args) == 1:
				return usage("registry show FILE needs --key: a registry says nothing until it verifies")
			default:
				c, err := a.config()
				if err != nil {
					return err
				}
				file, keyFile = c.Registry.File, c.Registry.Key
			}
			r, err := a.registry(file, keyFile)
			if err != nil {
				return err
			}
			return a.show(r, func(p *printer) {
				drawRegistry(p, r)
				for _, warning := range endings(r, a.now()) {
					p.line(p.paint(yellow, "warning") + "  " + warning)
				}
			})
		},
	}
	cmd.Flags().StringVar(&keyFile, "key", "", "public JWK of the registry's signer")
	return cmd
}

func drawRegistry(p *printer, r trust.Registry) {
	p.line("Registry version " + itoa(r.Version) + ", " + p.paint(green, "signature verified") + ", valid until " + day(r.Expires))
	var rows [][]string
	for _, m := range r.Participants {
		rows = append(rows, []string{m.ID, m.Kind, marks(m), m.Endpoint, m.Name})
	}
	p.table("", []string{"PARTICIPANT", "KIND", "MARKS", "ENDPOINT", "NAME"}, rows, nil)
	rows = nil
	for _, m := range r.Participants {
		for _, k := range m.Keys {
			rows = append(rows, []string{m.ID, string(k.Use), k.JWK["alg"], span(k.NotBefore, k.NotAfter), k.JWK["kid"]})
		}
	}
	p.line("")
	p.table("", []string{"PARTICIPANT", "USE", "ALG", "VALID", "KEY"}, rows, nil)
	for _, m := range r.Participants {
		for _, e := range m.EndedLogs {
			from, _ := e.Break() // the registry is valid
			p.line(p.paint(yellow, fmt.Sprintf("%s ended at %d entries; its next generation goes on from %d", e.Origin, e.Size, from.From.Size)))
		}
	}
	if rows = nil; len(r.Agreements) == 0 {
		return
	}
	for _, g := range r.Agreements {
		rows = append(rows, []string{g.Holder, g.Recipient, day(g.Until), strings.Join(g.Purposes, ", ")})
	}
	p.line("")
	p.table("", []string{"HOLDER", "RECIPIENT", "UNTIL", "PURPOSES"}, rows, nil)
}

// endings warns of agreements that have ended, or soon will.
func endings(r trust.Registry, now time.Time) []string {
	var out []string
	for _, g := range r.Ending(now) {
		when := "ended"
		if now.Before(g.Until) {
			when = "ends"
		}
		out = append(out, "the agreement of "+g.Holder+" with "+g.Recipient+" for "+strings.Join(g.Purposes, ", ")+" "+when+" on "+day(g.Until)+
			": from then on every question under it is refused")
	}
	return out
}

func marks(m trust.Participant) string {
	var out []string
	for _, mark := range []struct {
		set  bool
		name string
	}{{m.Holder, "holder"}, {m.AuthorityOfOrigin, "origin"}, {m.Suspended, "SUSPENDED"}, {m.Prohibited, "PROHIBITED"}} {
		if mark.set {
			out = append(out, mark.name)
		}
	}
	return strings.Join(out, ", ")
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func span(from, to time.Time) string {
	switch {
	case from.IsZero() && to.IsZero():
		return "always"
	case to.IsZero():
		return "from " + day(from)
	case from.IsZero():
		return "until " + day(to)
	}
	return day(from) + " to " + day(to)
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
