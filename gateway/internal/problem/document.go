package problem

import (
	"embed"
	"encoding/json"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// typeBase precedes a code in the type of an RFC 9457 document.
const typeBase = "https://homeward.example/problems/"

// ContentType of a Document on REST.
const ContentType = "application/problem+json"

// Document is an RFC 9457 problem with the members that Homeward adds.
type Document struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail,omitempty"`
	Code     Code   `json:"code"`
	Remedy   string `json:"remedy,omitempty"`
	Decision string `json:"decision_id,omitempty"`
}

// Document shows a problem to a proven caller in a language of Languages
// (English for any other). Its cause is left out. To the unverified, show
// Coarse(err).Document(lang).
func (e *Error) Document(lang string) Document {
	m := message(e.Code, lang)
	d := Document{
		Type: typeBase + string(e.Code), Title: m.Title, Status: e.HTTP(),
		Detail: e.detail(), Code: e.Code, Remedy: m.Remedy, Decision: e.Decision,
	}
	if e.Remedy != "" {
		d.Remedy = e.Remedy
	}
	return d
}

// detail is the place and the mismatch: the error's text without its cause.
func (e *Error) detail() string {
	var parts []string
	if e.Where != "" {
		parts = append(parts, "at "+e.Where)
	}
	if e.Expected != "" {
		parts = append(parts, "expected "+e.Expected)
	}
	if e.Found != "" {
		parts = append(parts, "found "+e.Found)
	}
	return strings.Join(parts, ", ")
}

// Message is the text of one code in one language.
type Message struct {
	Title  string `json:"title"`
	Remedy string `json:"remedy"`
}

// Languages that have a message catalogue; the first is the default.
func Languages() []string { return []string{"en", "uk"} }

// Language chooses one of Languages by an Accept-Language header.
func Language(accept string) string {
	var tags []language.Tag
	for _, l := range Languages() {
		tags = append(tags, language.Make(l))
	}
	_, i := language.MatchStrings(language.NewMatcher(tags), accept)
	return Languages()[i]
}

//go:embed messages/*.json
var files embed.FS

var messages = sync.OnceValue(func() map[string]map[Code]Message {
	all := make(map[string]map[Code]Message)
	for _, lang := range Languages() {
		// A file that is missing or broken leaves the codes to speak for
		// themselves; the tests do not let one through.
		raw, err := files.ReadFile("messages/" + lang + ".json")
		if err != nil {
			continue
		}
		m := make(map[Code]Message)
		if json.Unmarshal(raw, &m) == nil {
			all[lang] = m
		}
	}
	return all
})

// Text of a code in one of Languages, if there is one: a gateway of another version
// may have codes that this one does not know.
func Text(c Code, lang string) (m Message, ok bool) {
	m, ok = messages()[lang][c]
	return m, ok
}

func message(c Code, lang string) Message {
	for _, l := range append([]string{lang}, Languages()...) {
		if m, ok := Text(c, l); ok {
			return m
		}
	}
	return Message{Title: string(c)}
}
