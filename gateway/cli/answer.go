package cli

import (
	"encoding/json"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"homeward.example/gateway/internal/demo"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// protoJSON prints a message as the agency listener's REST does, so that a program
// reads the command line and curl alike.
func protoJSON(m proto.Message) (json.RawMessage, error) {
	return protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
}

// holder draws one holder's part, as the demo does, and what the demo has no room for.
func (p *printer) holder(h *homewardv1.HolderAnswer) {
	a := demo.AnswerOf(h)
	p.answer(a)
	if t := h.GetPendingUntil(); t != "" {
		p.line("    promised by " + t + "; homeward query --collect fetches it. It says nothing of whether a record exists")
	}
	if a.Status == "answered" && len(a.Records) == 0 {
		p.line("    no record that may be shown: this says nothing of whether one exists")
	}
	for range h.GetLinks() {
		p.line("    " + p.paint(green, "a case link came with this answer") + " (-o json has it)")
	}
}

func verdictText(verdict, to string) string {
	if to != "" {
		return verdict + " → " + to
	}
	return verdict
}

// inColumn paints one column of a table by its cells.
func inColumn(column int, by func(cell string) colour) func(int, string) colour {
	return func(i int, cell string) colour {
		if i != column {
			return ""
		}
		return by(cell)
	}
}
