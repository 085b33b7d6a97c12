package ledger

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"homeward.example/gateway/internal/envelope"
)

// sharedSize is from where on what the policy said is worth keeping apart.
const sharedSize = 256

// appendJSON encodes the decision once; what it appends is stored and hashed as
// it is. It writes by hand because encoding/json would parse and copy again the
// verdicts, some kilobytes a record, which the policy encoded once for all.
func (d *Decision) appendJSON(b []byte) ([]byte, []Stretch) {
	o := object{b: append(slices.Grow(b, d.sizeHint()), '{')}
	o.name("v")
	o.b = strconv.AppendInt(o.b, int64(d.Version), 10)
	o.text("id", d.ID)
	o.text("at", d.At.Format(time.RFC3339Nano))
	o.text("kind", d.Kind)
	o.text("holder", d.Holder)
	o.text("requester", d.Requester)
	o.text("peer", d.Peer)
	o.officer(d.Officer)
	o.optional("purpose", d.Purpose)
	o.optional("basis", d.Basis)
	o.optional("case", d.Case)
	o.optional("concerns", d.Concerns)
	o.list("links", d.Links)
	o.optional("query_jti", d.QueryID)
	o.optional("query_hash", d.QueryHash)
	o.list("presented", d.Presented)
	o.policy(d.Policy)
	o.text("outcome", d.Outcome)
	if d.BreakGlass {
		o.raw("break_glass", json.RawMessage("true"))
	}
	o.optional("reason", d.Reason)
	o.optional("failure", d.Failure)
	o.list("obligations", d.Obligations)
	o.optional("their_decision", d.TheirDecision)
	o.optional("their_leaf", d.TheirLeaf)
	o.list("withheld_here", d.WithheldHere)
	if r := d.Registry; r != nil {
		change, _ := json.Marshal(r) // strings and numbers always marshal
		o.raw("registry", change)
	}
	o.text("content", d.ContentHash)
	o.raw("input", d.Input)
	o.records(d.Records)
	return append(o.b, '}'), o.shared
}

func (d *Decision) sizeHint() int {
	n := 1024 + len(d.Input) + 48*len(d.Presented)
	for _, r := range d.Records {
		n += 256 + len(r.Verdicts) + len(r.Input) + 80*len(r.Digests)
	}
	return n
}

// object appends the members of a JSON object.
type object struct {
	b      []byte
	shared []Stretch
}

func (o *object) name(name string) {
	if o.b[len(o.b)-1] != '{' {
		o.b = append(o.b, ',')
	}
	o.b = appendString(o.b, name)
	o.b = append(o.b, ':')
}

func (o *object) text(name, value string) {
	o.name(name)
	o.b = appendString(o.b, value)
}

func (o *object) optional(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

func (o *object) raw(name string, value json.RawMessage) {
	if len(value) > 0 {
		o.name(name)
		if len(value) >= sharedSize {
			o.shared = append(o.shared, Stretch{len(o.b), len(o.b) + len(value)})
		}
		o.b = append(o.b, value...)
	}
}

func (o *object) list(name string, values []string) {
	if len(values) == 0 {
		return
	}
	o.name(name)
	for i, v := range values {
		o.b = appendString(append(o.b, separator(i, '[')), v)
	}
	o.b = append(o.b, ']')
}

func (o *object) officer(v envelope.Officer) {
	o.name("officer")
	o.b = append(o.b, '{')
	o.text("id", v.ID)
	o.text("role", v.Role)
	o.b = append(o.b, '}')
}

func (o *object) policy(v envelope.PolicyRef) {
	o.name("policy")
	o.b = append(o.b, '{')
	o.text("bundle", v.Bundle)
	o.optional("overlay", v.Overlay)
	o.text("version", v.Version)
	o.b = append(o.b, '}')
}

func (o *object) records(records []DecidedRecord) {
	if len(records) == 0 {
		return
	}
	o.name("records")
	for i, r := range records {
		o.b = append(o.b, separator(i, '['), '{')
		o.text("subject", r.Subject)
		o.text("version", r.Version)
		o.optional("matched", r.Matched)
		o.raw("verdicts", r.Verdicts)
		o.raw("input", r.Input)
		o.digests(r.Digests)
		o.b = append(o.b, '}')
	}
	o.b = append(o.b, ']')
}

func (o *object) digests(digests Digests) {
	if len(digests) > 0 {
		o.name("digests")
		o.b = appendDigests(o.b, digests)
	}
}

func appendDigests(b []byte, digests Digests) []byte {
	b = append(b, '{')
	for i, d := range digests {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, d.Name), ':')
		b = appendString(b, d.Value)
	}
	return append(b, '}')
}

func separator(i int, open byte) byte {
	if i == 0 {
		return open
	}
	return ','
}

// appendString quotes s; printable ASCII, which nearly all strings here are, is copied.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // a string always marshals
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
