package verify

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"strings"
	"sync"

	"homeward.example/gateway/internal/asice"
	"homeward.example/gateway/internal/decide"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/ledger"
)

//go:embed summary.html.tmpl
var summaryText string

var summaryTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("summary").Parse(summaryText)
})

// page is what the summary shows, all of it out of the other files.
type page struct {
	About    About
	Decision ledger.Decision
	Records  [][]row
	Asked    []row // criteria of the question
	Hashes   []hash
	Why      map[string]map[string]string // a value is left out, by language
}

// reasons says in words why a value is left out.
func reasons() map[string]map[string]string {
	return map[string]map[string]string{
		WhyAsked:  {"en": "as who exported it wanted", "uk": "так вирішив той, хто вивантажив"},
		WhyICRC:   {"en": "it is of the ICRC, which did not release it for this", "uk": "надійшло від МКЧХ, який не дозволив це розкрити"},
		WhyOnward: {"en": "its holder released it to this participant alone", "uk": "тримач розкрив це лише цьому учаснику"},
	}
}

// row is one field: what was decided of it, and its value if it is disclosed.
type row struct {
	Path, Identity, Verdict, Value, Basis, Rules string
}

type hash struct{ Name, SHA256 string }

// summary is the page for people. It has the hash of every file that it was made of.
func (c Contents) summary(files []asice.File) ([]byte, error) {
	t, err := summaryTemplate()
	if err != nil {
		return nil, err
	}
	p := page{About: c.About, Asked: values(c.Query), Why: reasons()}
	if err := json.Unmarshal(c.Decision, &p.Decision); err != nil {
		return nil, err
	}
	for _, f := range files {
		sum := sha256.Sum256(f.Content)
		p.Hashes = append(p.Hashes, hash{f.Name, hex.EncodeToString(sum[:])})
	}
	shown := values(c.Answer)
	for _, r := range p.Decision.Records {
		p.Records = append(p.Records, rows(r, shown))
	}
	if len(p.Decision.Records) == 0 && len(shown) > 0 {
		p.Records = [][]row{unruled(shown)} // a received answer: its verdicts are in the holder's ledger
	}
	var out bytes.Buffer
	err = t.Execute(&out, p)
	return out.Bytes(), err
}

func unruled(rows []row) []row {
	for i := range rows {
		rows[i].Rules = ""
	}
	return rows
}

// rows are the verdicts on one record, with the values that are disclosed.
func rows(r ledger.DecidedRecord, shown []row) []row {
	digests := make(map[string]string)
	for _, d := range r.Digests {
		digests[d.Name] = d.Value
	}
	verdicts, err := decide.ReadLedger(r.Verdicts)
	if err != nil {
		return nil
	}
	var out []row
	for _, v := range verdicts {
		one := row{Path: v.Path, Identity: v.Identity, Verdict: strings.TrimSpace(v.Verdict + " " + v.To), Basis: v.Basis, Rules: strings.Join(v.Reasons, " ")}
		for _, name := range []string{v.Path, v.Path + "#" + v.Identity} {
			for _, s := range shown {
				if s.Rules == digests[name] && s.Path == name && (name != v.Path || v.Identity == r.Matched) {
					one.Value = s.Value
				}
			}
		}
		out = append(out, one)
	}
	return out
}

// values are the disclosures of a message as rows: name, value, and the digest
// in place of the rules.
func values(sdjwt string) []row {
	var out []row
	_, rest, _ := strings.Cut(sdjwt, "~")
	for encoded := range strings.SplitSeq(strings.TrimSuffix(rest, "~"), "~") {
		raw, err := strict64(encoded)
		var parts []json.RawMessage
		if err != nil || json.Unmarshal(raw, &parts) != nil || len(parts) != 3 {
			continue // an element of an array: a case link, which is not for people
		}
		var name string
		if json.Unmarshal(parts[1], &name) == nil {
			out = append(out, row{Path: name, Value: text(parts[2]), Rules: envelope.SHA256(encoded)})
		}
	}
	return out
}

// text shows a JSON value as people write it: a string without its quotes, a list
// with semicolons, a place from its narrowest part to the widest, an assertion as what
// it asserts. What has a form of its own is shown as it is.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		words := make([]string, len(list))
		for i, one := range list {
			words[i] = text(one)
		}
		return strings.Join(words, "; ")
	}
	if words := placed(raw); words != "" {
		return words
	}
	return string(raw)
}

// placed is a place, or an assertion of a value or a place, in words; "" for another object.
func placed(raw json.RawMessage) string {
	var a struct {
		Value string          `json:"value"`
		Place json.RawMessage `json:"place"`
	}
	switch {
	case json.Unmarshal(raw, &a) != nil:
		return ""
	case a.Value != "":
		return a.Value
	case len(a.Place) > 0:
		return placed(a.Place)
	}
	var parts map[string]string
	if json.Unmarshal(raw, &parts) != nil {
		return ""
	}
	var words []string
	for _, name := range []string{"katottg", "point", "settlement", "hromada", "raion", "oblast", "country"} {
		if part, ok := parts[name]; ok {
			words = append(words, part)
			delete(parts, name)
		}
	}
	if len(parts) > 0 {
		return "" // it says more than a place
	}
	return strings.Join(words, ", ")
}

func payloadOf(sdjwt string) []byte {
	parts := strings.Split(signedPart(sdjwt), ".")
	if len(parts) != 3 {
		return nil
	}
	payload, _ := strict64(parts[1]) // none contains nothing
	return payload
}
