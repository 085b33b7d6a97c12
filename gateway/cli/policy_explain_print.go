package cli

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
	"homeward.example/schemas/catalog"
)

// words are the texts around an explanation.
type words = func(key string, pairs ...string) string

func (p *printer) explainedDecision(say words, d ledger.Decision, shown shownDecision) {
	p.line(p.paint(bold, d.ID) + "  " + shown.At.Format(time.RFC3339))
	p.line("  " + say("head.asked", "purpose", d.Purpose, "requester", d.Requester, "holder", d.Holder))
	p.line("  " + p.paint(grey, say("head.policy", "version", d.Policy.Version, "digest", d.Policy.Bundle)))
	if !shown.Same {
		p.line("  " + p.paint(yellow, say("head.another", "version", shown.Explained.Version, "digest", shown.Explained.Bundle)))
	}
	for i, r := range shown.Records {
		p.line("")
		if r.Matched != "" {
			p.line(p.paint(bold, say("head.record", "n", strconv.Itoa(i+1), "of", strconv.Itoa(len(shown.Records)), "identity", r.Matched)))
		}
		for _, x := range r.Differs {
			field := strings.Trim(x.Field+"#"+x.Identity, "#")
			p.line(p.paint(red, say("head.differs", "field", field, "recorded", x.Recorded, "now", x.Now)))
		}
		p.explanation(say, r)
	}
}

// explanation prints each sentence once, with the fields that it is about, by column.
func (p *printer) explanation(say words, e shownExplanation) {
	p.line(p.wrap(e.Question, 0))
	if e.Imagined {
		p.line(p.wrap(say("imagined"), 0))
	}
	for _, verdict := range []string{envelope.VerdictReleased, envelope.VerdictGeneralised, envelope.VerdictWithheld} {
		var sentences []string
		fields := make(map[string][]decide.FieldExplanation)
		for _, f := range e.Fields {
			if f.Verdict.Verdict != verdict {
				continue
			}
			if fields[f.Sentence] == nil {
				sentences = append(sentences, f.Sentence)
			}
			fields[f.Sentence] = append(fields[f.Sentence], f)
		}
		for _, s := range sentences {
			p.line("")
			p.fields(say, e.Fields, fields[s])
			p.line("  " + p.paint(verdictColour(verdict), p.wrap(s, 2)))
		}
	}
}

// fields prints a line a column, which is named alone if all of it is meant.
func (p *printer) fields(say words, all, fields []decide.FieldExplanation) {
	var columns []string
	by, whole := make(map[string][]string), make(map[string]int)
	for _, f := range all {
		whole[f.Column]++
	}
	for _, f := range fields {
		if by[f.Column] == nil {
			columns = append(columns, f.Column)
		}
		by[f.Column] = append(by[f.Column], fieldName(f.Verdict))
	}
	for _, c := range columns {
		if n := len(by[c]); n == whole[c] && n > 1 {
			by[c] = []string{say("head.all", "n", strconv.Itoa(n))}
		}
		name := say("column." + c)
		p.line(p.paint(bold, name) + ": " + p.wrap(strings.Join(by[c], ", "), utf8.RuneCountInString(name)+2))
	}
}

// fieldName is the path, and the identity where the path alone means the other.
func fieldName(v decide.Verdict) string {
	if f, _ := catalog.ByPath(v.Path); v.Identity == catalog.Imposed && len(f.Identities) > 1 {
		return v.Path + "#" + v.Identity
	}
	return v.Path
}
