package envelope

import "homeward.example/gateway/internal/problem"

type header struct{ alg, kid, typ string }

// readHeader reads the header of a JWS: exactly alg, kid and typ. So there is no
// crit, no b64, no jku, jwk, x5u, x5c, and nothing else that could tell a reader
// how to verify.
func readHeader(d doc, f *faults) header {
	var h header
	d.exactly(f, 0, "header", field{"alg", &h.alg}, field{"kid", &h.kid}, field{"typ", &h.typ})
	f.check(identifier(h.kid), CodeHeader, "header kid", kidForm, shown(h.kid))
	return h
}

const kidForm = "up to 128 of letters, digits and - _ . : @"

// parseHeader checks the form of a JWS and reads its header.
func parseHeader(jws string) (header, error) {
	parts, err := split(jws, 3, "message")
	if err != nil {
		return header{}, err
	}
	d, err := scanHeader(parts[0])
	if err == nil {
		err = canonical64(parts[1], "payload")
	}
	if err == nil {
		err = canonical64(parts[2], "signature")
	}
	if err != nil {
		return header{}, err
	}
	var f faults
	return readHeader(d, &f), f.err()
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
func (d doc) exactly(f *faults, i int32, what string, fields ...field) {
	for _, want := range fields {
		m, ok := d.member(i, want.name)
		switch {
		case !ok:
			f.add(problem.Mismatch(CodeHeader, what+" "+want.name, "to be there", "missing"))
		case want.to == nil:
		default:
			if *want.to, ok = d.text(m); !ok {
				f.add(problem.Mismatch(CodeHeader, what+" "+want.name, "a string", d.kind(m).String()))
			}
		}
	}
	for m := range d.children(i) {
		if !named(fields, d.name(m)) {
			f.add(problem.Mismatch(CodeHeader, what, "only "+names(fields), shown(d.name(m))))
		}
	}
}

func names(fields []field) string {
	s := fields[0].name
	for _, f := range fields[1:] {
		s += ", " + f.name
	}
	return s
}

func named(fields []field, name string) bool {
	for _, f := range fields {
		if f.name == name {
			return true
		}
	}
	return false
}
