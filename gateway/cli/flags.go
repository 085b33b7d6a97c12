package cli

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"homeward.example/gateway/internal/envelope"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// required marks flags that must be given.
func required(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		_ = cmd.MarkFlagRequired(name) // fails only for a flag that is not there
	}
}

// decider adds the flags that say who decides, which must be said.
func decider(cmd *cobra.Command, o *envelope.Officer) {
	officerFlags(cmd, o, "")
	required(cmd, "officer")
}

// officerFlags are decider's, with who it is if nobody says so.
func officerFlags(cmd *cobra.Command, o *envelope.Officer, otherwise string) {
	cmd.Flags().StringVar(&o.ID, "officer", otherwise, "pseudonym of the officer who decides, for the record")
	cmd.Flags().StringVar(&o.Role, "role", "case_officer", "role of that officer")
}

// person is who decides, as the API has it.
func person(o envelope.Officer) *homewardv1.Officer {
	return &homewardv1.Officer{Id: o.ID, Role: o.Role}
}

// criteriaFlags say who is sought.
func criteriaFlags(fl *pflag.FlagSet, c *homewardv1.Criteria) {
	fl.StringVar(&c.Full, "full", "", "whole name, where its parts are not known")
	fl.StringVar(&c.Family, "family", "", "family name")
	fl.StringVar(&c.Given, "given", "", "given name")
	fl.StringVar(&c.Patronymic, "patronymic", "", "patronymic")
	fl.StringVar(&c.Born, "born", "", "2014, 2014-03 or 2014-03-09")
	fl.StringVar(&c.Sex, "sex", "", "female or male")
	fl.StringVar(&c.BirthOblast, "birth-oblast", "", "oblast of birth")
	fl.StringVar(&c.Document, "document", "", "number of a document, exactly")
}

// limited refuses a --limit that is out of bounds.
func limited[N int | int32](limit N) error {
	if limit < 1 || limit > 1000 {
		return usage("--limit %d: expected 1 to 1000", limit)
	}
	return nil
}

// lastDay is the end of the day that --until names.
func lastDay(day string) (time.Time, error) {
	last, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return last, usage("--until %s: expected a day, e.g. 2027-02-20", day)
	}
	return last.Add(24*time.Hour - time.Second), nil // the day named is the last one
}

// stretch reads --from and --to; a day counts whole.
func stretch(from, to string) (begin, end time.Time, err error) {
	if begin, err = moment("--from", from, 0); err == nil {
		end, err = moment("--to", to, 24*time.Hour)
	}
	return begin, end, err
}

// moment reads a time; a day means its beginning, and what is added to that.
func moment(flag, text string, day time.Duration) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t.Add(day), nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return t, usage("%s %s: expected a day, e.g. 2026-11-01, or a time as in RFC 3339", flag, text)
	}
	return t, nil
}
