package decide

import (
	"context"
	"slices"

	"homeward.example/schemas/catalog"
)

// Delivery is what the policy sees at the requester's own gateway, of one child,
// when an answer has come and before it is handed on.
type Delivery struct {
	Purpose   string
	Requester Party
	// GoAhead lists the columns of a valid go-ahead, as in Facts.
	GoAhead []string
	// Received is what this gateway's ledger says has come of the child before, from anybody.
	Received Disclosed
	// Arriving lists the columns that the answer gives.
	Arriving []string
}

// Deliver asks the policy which of the columns that are arriving are withheld from
// the requester's officers, since with what came before, from other holders too,
// they would say more than any of them may (never 6). Where there is no decision all
// are withheld. The error is that of the context.
func (e *Engine) Deliver(ctx context.Context, d Delivery) ([]string, error) {
	result, failure := e.deliver.eval(ctx, d.input())
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	withhold, ok := stringsOf(result["withhold"])
	if failure != "" || !ok {
		return slices.Clone(d.Arriving), nil
	}
	// What is no column of the policy was never shown to it.
	columns := Columns()
	return slices.DeleteFunc(slices.Clone(d.Arriving), func(column string) bool {
		return slices.Contains(columns, column) && !slices.Contains(withhold, column)
	}), nil
}

func (d Delivery) input() []byte {
	w := writer{make([]byte, 0, 1024)}
	w.open()
	w.text("purpose", d.Purpose)
	w.party("requester", d.Requester)
	w.columns("go_ahead", d.GoAhead, nil)
	w.object("received")
	for _, group := range groups() {
		w.object(group)
		w.tri(catalog.Original, d.Received.has(group, catalog.Original))
		w.tri(catalog.Imposed, d.Received.has(group, catalog.Imposed))
		w.close()
	}
	w.close()
	w.object("arriving")
	for _, column := range Columns() {
		w.tri(column, yes(slices.Contains(d.Arriving, column)))
	}
	w.close()
	w.close()
	return w.b
}
