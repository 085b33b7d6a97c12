package decide

import (
	"bytes"
	"encoding/json"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// parseInput reads the JSON of an input as OPA's own values, without the maps in
// between that encoding/json makes; false if it is no JSON.
func parseInput(input []byte) (ast.Value, bool) {
	if !json.Valid(input) {
		return nil, false
	}
	return parseValid(input, inputWords()), true
}

// parseValid reads what is known to be JSON.
func parseValid(input []byte, words map[string]*ast.Term) ast.Value {
	p := parser{input, words}
	return p.term().Value
}

// parser is at one place of a text that is JSON: it checks nothing.
type parser struct {
	rest  []byte
	words map[string]*ast.Term
}

// next skips what stands between values, and looks at what comes.
func (p *parser) next() byte {
	p.rest = bytes.TrimLeft(p.rest, " \t\r\n,:")
	return p.rest[0]
}

func (p *parser) term() *ast.Term {
	switch p.next() {
	case '{':
		return p.object()
	case '[':
		return p.array()
	case '"':
		return p.text()
	}
	return p.literal()
}

func (p *parser) object() *ast.Term {
	p.rest = p.rest[1:]
	o := ast.NewObject()
	for p.next() != '}' {
		key := p.text()
		o.Insert(key, p.term())
	}
	p.rest = p.rest[1:]
	return ast.NewTerm(o)
}

func (p *parser) array() *ast.Term {
	p.rest = p.rest[1:]
	var terms []*ast.Term
	for p.next() != ']' {
		terms = append(terms, p.term())
	}
	p.rest = p.rest[1:]
	return ast.ArrayTerm(terms...)
}

func (p *parser) text() *ast.Term {
	end, plain := 1, true
	for ; p.rest[end] != '"'; end++ {
		if c := p.rest[end]; c == '\\' {
			plain = false
			end++
		} else if c >= 0x80 {
			plain = false
		}
	}
	quoted := p.rest[:end+1]
	p.rest = p.rest[end+1:]
	if plain {
		if word, ok := p.words[string(quoted[1:end])]; ok {
			return word
		}
		return ast.StringTerm(string(quoted[1:end]))
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // it was checked
	return ast.StringTerm(s)
}

// literal is a number, a boolean or null.
func (p *parser) literal() *ast.Term {
	end := bytes.IndexAny(p.rest, ",]} \t\r\n")
	if end < 0 {
		end = len(p.rest)
	}
	word := string(p.rest[:end])
	p.rest = p.rest[end:]
	switch word {
	case "true", "false":
		return ast.InternedTerm(word == "true")
	case "null":
		return ast.NullTerm()
	}
	return ast.NumberTerm(json.Number(word))
}

// inputWords are the texts of every input, as terms that are made once: terms are
// not changed by who evaluates them.
var inputWords = sync.OnceValue(func() map[string]*ast.Term {
	words := make(map[string]*ast.Term)
	s := samples()[0]
	input := s.record.input(questionInput(s.facts, []string{"full", "given", "patronymic", "family", "born", "sex", "birth_oblast", "document"}, false))
	ast.WalkTerms(parseValid(input, nil), func(t *ast.Term) bool {
		if text, ok := t.Value.(ast.String); ok {
			words[string(text)] = t
		}
		return false
	})
	return words
})
