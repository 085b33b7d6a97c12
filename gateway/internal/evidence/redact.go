package evidence

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// said adds the messages with those of their values that may be shown. Which may is
// a rule and not a wish: what the ICRC protects leaves by its own hand alone, and
// what another holder released to this participant does not go further.
func (b *Builder) said(ctx context.Context, c *verify.Contents, d ledger.Decision, redact []string) error {
	kept, err := b.Store.Exchange(ctx, d.ID)
	if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		return nil // a decision without a message
	}
	if err != nil {
		return err
	}
	e, erased, err := b.Box.Read(d.ID, kept)
	if err != nil {
		return err
	}
	c.About.Erased = erased
	r := redaction{redact: redact, barred: b.barred(d), used: make([]bool, len(redact))}
	for _, m := range []struct {
		name string
		from ledger.Message
		to   *string
	}{{"query", e.Query, &c.Query}, {"again", e.Again, &c.Again}, {"answer", e.Answer, &c.Answer}} {
		if len(m.from.JWS) == 0 {
			continue
		}
		if *m.to, err = envelope.Present(m.from.SDJWT(), func(v envelope.Disclosure) bool { return r.show(m.name, v) }); err != nil {
			return err
		}
	}
	c.About.LeftOut = append(c.About.LeftOut, r.left...)
	for i, path := range redact {
		if !r.used[i] && !erased {
			return problem.New(CodeUnknownPath, path)
		}
	}
	return nil
}

// redaction is what of one package's values is left out.
type redaction struct {
	redact []string
	barred func(message string, d envelope.Disclosure) string
	used   []bool // the paths that something was found of
	left   []verify.LeftOut
}

func (r *redaction) show(message string, d envelope.Disclosure) bool {
	why := r.barred(message, d)
	for i, path := range r.redact {
		if matches(path, message, d.Name) {
			r.used[i] = true
			if why == "" {
				why = verify.WhyAsked
			}
		}
	}
	if why != "" {
		r.left = append(r.left, verify.LeftOut{Message: message, Name: d.Name, Why: why})
	}
	return why == ""
}

// matches: a path of the answer stands alone, one of the question behind "query.".
func matches(path, message, name string) bool {
	name, _, _ = strings.Cut(name, "#")
	if message != "answer" {
		name = strings.TrimSuffix(message+"."+name, ".")
	}
	return path == "*" || path == name || strings.HasPrefix(name, path+".")
}

// barred says why a value may not leave, "" if it may.
func (b *Builder) barred(d ledger.Decision) func(string, envelope.Disclosure) string {
	if d.Kind == ledger.KindReceived {
		onward := slices.Contains(d.Obligations, "no_onward_transfer")
		return func(message string, _ envelope.Disclosure) string {
			if message == "answer" && onward && d.Holder != b.Self {
				return verify.WhyOnward
			}
			return ""
		}
	}
	protected := make(map[string]bool)
	for _, r := range d.Records {
		if b.Kind == kindICRC || icrcFree(r.Input) {
			continue
		}
		for _, v := range r.Digests {
			protected[v.Value] = true
		}
	}
	return func(message string, v envelope.Disclosure) string {
		if message == "answer" && protected[v.Digest()] {
			return verify.WhyICRC
		}
		return ""
	}
}

const kindICRC = "icrc"

// icrcFree: the policy saw that nothing of the record comes from the ICRC. What it
// did not see is not free.
func icrcFree(input json.RawMessage) bool {
	var in struct {
		Record struct {
			ICRCOrigin string `json:"icrc_origin"`
		} `json:"record"`
	}
	return json.Unmarshal(input, &in) == nil && in.Record.ICRCOrigin == "no"
}
