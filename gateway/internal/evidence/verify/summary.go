package verify

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"strings"
	"sync"

	"homeward.example/gateway/internal/asice"
	"homeward.example/gateway/internal/decide"
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
	p := page{About: c.About, Asked: values(c.Query)}
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
			sum := sha256.Sum256([]byte(encoded))
			out = append(out, row{Path: name, Value: text(parts[2]), Rules: base64.RawURLEncoding.EncodeToString(sum[:])})
		}
	}
	return out
}

// text shows a JSON value; a string without its quotes.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	if said := assertions(raw); said != "" {
		return said
	}
	return string(raw)
}

// assertions are the values alone of a list of assertions, "" for anything else.
func assertions(raw json.RawMessage) string {
	var list []struct {
		Value string `json:"value"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return ""
	}
	var values []string
	for _, a := range list {
		if a.Value == "" {
			return "" // it says more than a value: a place
		}
		values = append(values, a.Value)
	}
	return strings.Join(values, "; ")
}

func payloadOf(sdjwt string) []byte {
	parts := strings.Split(signedPart(sdjwt), ".")
	if len(parts) != 3 {
		return nil
	}
	payload, _ := strict64(parts[1]) // none contains nothing
	return payload
}
