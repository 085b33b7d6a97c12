package evidence

import (
	"context"
	"errors"
	"strings"

	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/evidence/verify"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/gateway/internal/problem"
)

// value is one that a message discloses.
type value struct {
	message string
	envelope.Disclosure
}

const messageAnswer = "answer"

// said adds the messages with those of their values that may be shown. Which may the
// policy says, and not a wish.
func (b *Builder) said(ctx context.Context, c *verify.Contents, d ledger.Decision, r Request) (p permission, err error) {
	var e ledger.Exchanged
	kept, err := b.Store.Exchange(ctx, d.ID)
	if err == nil {
		e, c.About.Erased, err = b.Box.Read(d.ID, kept)
	} else if errors.Is(err, problem.New(problem.CodeNotFound, "")) {
		err = nil // a decision without a message
	}
	if err != nil {
		return p, err
	}
	messages := []message{{"query", e.Query, &c.Query}, {"again", e.Again, &c.Again}, {messageAnswer, e.Answer, &c.Answer}}
	var values []value
	if err := present(messages, func(v value) bool { values = append(values, v); return true }); err != nil {
		return p, err
	}
	if p, err = b.permit(ctx, d, r, c.About.Export.At, values); err != nil || p.word.Refusal != "" {
		return p, err
	}
	out := redaction{redact: r.Redact, reasons: p.word.Reasons, used: make([]bool, len(r.Redact))}
	if err := present(messages, out.show); err != nil {
		return p, err
	}
	c.About.LeftOut, c.About.Export.Release = append(c.About.LeftOut, out.left...), p.release
	if p.release != "" {
		c.Release = r.Release
	}
	for i, path := range r.Redact {
		if !out.used[i] && !c.About.Erased {
			return p, problem.New(CodeUnknownPath, path)
		}
	}
	return p, nil
}

// message is one of a decision's, and where it goes in the package.
type message struct {
	name string
	from ledger.Message
	to   *string
}

// present shows of each message the values that show says, in one order always.
func present(messages []message, show func(value) bool) (err error) {
	for _, m := range messages {
		if len(m.from.JWS) == 0 {
			continue
		}
		if *m.to, err = envelope.Present(m.from.SDJWT(), func(v envelope.Disclosure) bool { return show(value{m.name, v}) }); err != nil {
			return err
		}
	}
	return nil
}

// redaction is what of one package's values is left out.
type redaction struct {
	redact  []string
	reasons []string // the policy's, value by value as they come
	used    []bool   // the paths that something was found of
	left    []verify.LeftOut
}

func (r *redaction) show(v value) bool {
	// What the policy has no word on, or a new one, is left out as the ICRC's.
	why := verify.WhyICRC
	if len(r.reasons) > 0 {
		switch r.reasons[0] {
		case "":
			why = ""
		case "SUP_NO_AGREEMENT":
			why = verify.WhyOnward
		}
		r.reasons = r.reasons[1:]
	}
	for i, path := range r.redact {
		if matches(path, v.message, v.Name) {
			r.used[i] = true
			if why == "" {
				why = verify.WhyAsked
			}
		}
	}
	if why != "" {
		r.left = append(r.left, verify.LeftOut{Message: v.message, Name: v.Name, Why: why})
	}
	return why == ""
}

// pathOf names a value: one of the answer by itself, one of a question behind "query.".
func pathOf(message, name string) string {
	if message == messageAnswer {
		return name
	}
	return strings.TrimSuffix(message+"."+name, ".")
}

func matches(path, message, name string) bool {
	name, _, _ = strings.Cut(name, "#")
	name = pathOf(message, name)
	return path == "*" || path == name || strings.HasPrefix(name, path+".")
}
