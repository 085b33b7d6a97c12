package proof

import (
	"context"
	"fmt"
	"slices"

	"homeward.example/gateway/internal/decide"
)

// Delivery is what arrives at a requester's own gateway, and what of it is withheld
// from its officers since it would say too much with what came before (never 6).
type Delivery struct {
	arrives  decide.Delivery
	withhold []string
}

// Delivery draws one.
func (d *Dice) Delivery() Delivery {
	r := pick(d, matrix()...)
	p := party(r.recipient)
	var out Delivery
	out.arrives = decide.Delivery{
		Purpose: r.purpose, Requester: decide.Party{ID: p.ID, Kind: p.Kind, AuthorityOfOrigin: p.Origin == true},
		Received: decide.Disclosed{Unreadable: d.one(10)},
	}
	for _, column := range append(columns(), "kind") {
		if d.one(8) {
			out.arrives.GoAhead = append(out.arrives.GoAhead, column)
		}
		if d.one(2) {
			out.arrives.Arriving = append(out.arrives.Arriving, column)
		}
		if d.one(6) {
			out.arrives.Received.Groups = append(out.arrives.Received.Groups, column+"/"+pick(d, original, imposed))
		}
	}
	out.withhold = withheldOnDelivery(out.arrives)
	return out
}

// withheldOnDelivery: names, which stand in listings too, after a photo; a photo
// after or beside a name.
func withheldOnDelivery(d decide.Delivery) []string {
	exempt := d.Requester.AuthorityOfOrigin && d.Purpose == "RETURN" || d.Requester.Kind == "icrc" && d.Purpose == "TRACE"
	if exempt || slices.Contains(d.GoAhead, "photo") {
		return nil
	}
	had := func(column string) bool {
		return d.Received.Unreadable || slices.Contains(d.Received.Groups, column+"/"+original) || slices.Contains(d.Received.Groups, column+"/"+imposed)
	}
	named := []string{"names_birth", "evidence"}
	var out []string
	for _, column := range d.Arriving {
		switch {
		case slices.Contains(named, column) && had("photo"):
			out = append(out, column)
		case column == "photo" && slices.ContainsFunc(named, func(n string) bool { return had(n) || slices.Contains(d.Arriving, n) }):
			out = append(out, column)
		}
	}
	return out
}

// Differs compares what the policy withholds with what is wanted, and returns "" or the difference.
func (d Delivery) Differs(ctx context.Context, e *decide.Engine) string {
	got, err := e.Deliver(ctx, d.arrives)
	if err != nil {
		return err.Error()
	}
	if !slices.Equal(got, d.withhold) {
		return fmt.Sprintf("withholds %v of %v, want %v", got, d.arrives.Arriving, d.withhold)
	}
	return ""
}
