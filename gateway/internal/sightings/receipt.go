package sightings

import (
	"cmp"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"homeward.example/gateway/internal/envelope"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// Feedback on a report: what would make it worth more. It depends on the report
// alone.
const (
	LowResolution = "low_resolution"
	NoDate        = "no_date"
	NoPlace       = "no_place"
	NoHash        = "no_hash"
)

// minSide is below which a face is not recognised, in pixels (ours).
const minSide = 240

// Feedback lists what is missing in a report.
func Feedback(s *homewardv1.Sighting) []string {
	var out []string
	if w, h := s.GetMedia().GetWidth(), s.GetMedia().GetHeight(); w > 0 && w < minSide || h > 0 && h < minSide {
		out = append(out, LowResolution)
	}
	if s.GetObservedAt() == "" && s.GetCapturedAt() == "" {
		out = append(out, NoDate)
	}
	if p := s.GetPlace(); p.GetCountry()+p.GetRegion()+p.GetDistrict()+p.GetSettlement()+p.GetFacility() == "" {
		out = append(out, NoPlace)
	}
	if s.GetContentSha256() == "" && (s.GetUrl() != "" || s.GetArchiveUrl() != "") {
		out = append(out, NoHash)
	}
	return out
}

// wordsJSON has the same things in each language, so that a reference can be
// read out in one and written down in the other.
//
//go:embed words.json
var wordsJSON []byte

// Reference writes a keyed digest, of 8 bytes or more, as three words and a number
// in each language: "candle-otter-maple-417". The filler makes all of one length with
// it, so that no choice of words moves a receipt into another size class.
func Reference(mac []byte) (reference map[string]string, filler string) {
	var words map[string][]string
	if err := json.Unmarshal(wordsJSON, &words); err != nil || len(mac) < 8 {
		return nil, "" // the file is embedded, and a test reads it
	}
	n := binary.BigEndian.Uint64(mac)
	out, short := make(map[string]string, len(words)), 0
	for language, list := range words {
		parts, rest := make([]string, 3), n
		for i := range parts {
			parts[i], rest = list[rest%uint64(len(list))], rest/uint64(len(list))
		}
		out[language] = fmt.Sprintf("%s-%03d", strings.Join(parts, "-"), rest%1000)
		longest := slices.MaxFunc(list, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
		short += len("a-b-c-000") - 3 + 3*len(longest) - len(out[language])
	}
	return out, strings.Repeat("-", short)
}

// Content is a receipt as it is recorded, signed and sealed (seal.Content): the same
// members, of the same length, whatever is known here.
type Content struct{ json []byte }

// NewContent encodes a receipt once.
func NewContent(r envelope.SightingReceipt, policy envelope.PolicyRef) (Content, error) {
	b, err := json.Marshal(struct {
		Status  string                   `json:"status"`
		Records []struct{}               `json:"records"`
		Receipt envelope.SightingReceipt `json:"receipt"`
		Policy  envelope.PolicyRef       `json:"policy"`
		Schema  string                   `json:"schema"`
	}{envelope.StatusAnswered, []struct{}{}, r, policy, envelope.Schema})
	return Content{b}, err
}

// Content implements seal.Content.
func (c Content) Content() []byte { return c.json }

// Disclosures implements seal.Content: a receipt has none.
func (c Content) Disclosures() []envelope.Disclosure { return nil }
