package envelope

import (
	"strconv"

	"homeward.example/gateway/internal/problem"
)

type header struct{ alg, kid, typ string }

// parseHeader checks the form of a JWS and reads its header: exactly alg, kid
// and typ. So there is no crit, no b64, no jku, jwk, x5u, x5c, and nothing else
// that could tell a reader how to verify.
func parseHeader(jws string) (header, error) {
	parts, err := split(jws, 3, "message")
	if err != nil {
		return header{}, err
	}
	var h header
	d, err := scanHeader(parts[0])
	if err == nil {
		err = d.exactly(0, "header", field{"alg", &h.alg}, field{"kid", &h.kid}, field{"typ", &h.typ})
	}
	if err == nil {
		err = canonical64(parts[1], "payload")
	}
	if err == nil {
		err = canonical64(parts[2], "signature")
	}
	if err == nil && !identifier(h.kid) {
		err = problem.Mismatch(CodeHeader, "header kid", "letters, digits and - _ . : @", "another character")
	}
	return h, err
}

func scanHeader(part string) (doc, error) {
	if len(part) > maxHeader*4/3 {
		return doc{}, tooLarge("header", maxHeader, len(part)*3/4)
	}
	b, err := decode64(part, "header")
	if err != nil {
		return doc{}, err
	}
	return scan(string(b), kindObject, "header")
}

// field is a member that must be there, and where its string goes; nil for the
// one that is read otherwise.
type field struct {
	name string
	to   *string
}

// exactly reads an object that has these members and no others.
func (d doc) exactly(i int32, what string, fields ...field) error {
	for _, f := range fields {
		m, ok := d.member(i, f.name)
		if !ok {
			return problem.Mismatch(CodeHeader, what+" "+f.name, "to be there", "missing")
		}
		if f.to == nil {
			continue
		}
		if *f.to, ok = d.text(m); !ok {
			return problem.Mismatch(CodeHeader, what+" "+f.name, "a string", "another kind of value")
		}
	}
	for m := range d.children(i) {
		if !named(fields, d.name(m)) {
			return problem.Mismatch(CodeHeader, what, strconv.Itoa(len(fields))+" members and no others", "another member")
		}
	}
	return nil
}

func named(fields []field, name string) bool {
	for _, f := range fields {
		if f.name == name {
			return true
		}
	}
	return false
}
