package exchange

import (
	"slices"
	"strings"

	"homeward.example/adapters"
	"homeward.example/gateway/internal/envelope"
)

// child is what every question for one child has, whatever else it says: the family
// name, or else all of the name in any order, and the year of birth, in one alphabet;
// without a name the number of a document. So a criterion more or less, a month, or
// another alphabet opens no new budget. Children who share a name and a year share
// it. A linked question has none: its link is its child.
func child(q envelope.Query) string {
	name := q.Criteria[critFamily]
	if name == "" {
		name = q.Criteria[critFull]
	}
	if name = skeleton(name); name == "" {
		return skeleton(q.Criteria[critDocument])
	}
	return name + "\x00" + year(q.Criteria[critBorn])
}

// year is that of a date, however the rest of it is written: 2014?, 2014-XX, 2014/2015.
func year(born string) string { return born[:min(len(born), len("2014"))] }

// skeleton is the words of a text in Latin letters, in the order of the alphabet.
func skeleton(text string) string {
	words := adapters.Tokens(text)
	for i, w := range words {
		words[i] = adapters.Latin(w)
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}
