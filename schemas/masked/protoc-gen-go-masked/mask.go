package main

import "google.golang.org/protobuf/compiler/protogen"

var number = protogen.GoIdent{GoName: "Number", GoImportPath: "google.golang.org/protobuf/encoding/protowire"}

// mask writes which fields of a message are admitted: a bit for each, by its number.
func (w *writer) mask(m *protogen.Message) {
	name := m.GoIdent.GoName
	w.p()
	w.p("// ", name, "Mask says which fields of a ", name, " are admitted: the bit of their number.")
	w.p("type ", name, "Mask struct {")
	w.p("Fields uint32")
	for _, f := range m.Fields {
		if f.Desc.Number() > 31 {
			panic(f.Desc.FullName() + " has no bit")
		}
		if !leaf(f) {
			w.p(f.GoName, " ", f.Message.GoIdent, "Mask")
		}
	}
	w.p("}")
	w.p()
	w.p("// Admit a field by the numbers that lead to it.")
	w.p("func (k *", name, "Mask) Admit(path ...", number, ") {")
	w.p("if len(path) == 0 {")
	w.p("return")
	w.p("}")
	w.p("k.Fields |= 1 << path[0]")
	if groups(m) {
		w.p("switch path[0] {")
		for _, f := range m.Fields {
			if !leaf(f) {
				w.p("case ", f.Desc.Number(), ":")
				w.p("k.", f.GoName, ".Admit(path[1:]...)")
			}
		}
		w.p("}")
	}
	w.p("}")
}

func groups(m *protogen.Message) bool {
	for _, f := range m.Fields {
		if !leaf(f) {
			return true
		}
	}
	return false
}

// outside writes how a message is searched for what is not admitted.
func (w *writer) outside(m *protogen.Message) {
	exported := "outside"
	w.p()
	if m.Desc.FullName() == root {
		exported = "Outside"
		w.p("// Outside names the first thing found that the mask does not admit, and \"\" if there is none.")
	}
	w.p("func (m *", m.GoIdent, ") ", exported, "(k *", m.GoIdent, "Mask) string {")
	w.p("switch denied := ^k.Fields; {")
	w.p("case m == nil:")
	w.p("return \"\"")
	w.p("case len(m.unknownFields) > 0:")
	w.p("return \"(unknown field)\"")
	for _, f := range m.Fields {
		w.p("case denied>>", f.Desc.Number(), "&1 > 0 && ", set(f), ":")
		w.p("return \"", f.Desc.Name(), "\"")
	}
	w.p("}")
	for _, f := range m.Fields {
		if f.Message == nil {
			continue
		}
		call := "outside(&k." + f.GoName + ")"
		if leaf(f) {
			call = "outside()"
		}
		w.inner(f, call)
	}
	w.p("return \"\"")
	w.p("}")
}

func (w *writer) outsidePart(m *protogen.Message) {
	w.p()
	w.p("func (m *", m.GoIdent, ") outside() string {")
	w.p("if m != nil && len(m.unknownFields) > 0 {")
	w.p("return \"(unknown field)\"")
	w.p("}")
	for _, f := range m.Fields {
		if f.Message != nil {
			w.p("if m == nil {")
			w.p("return \"\"")
			w.p("}")
			w.inner(f, "outside()")
		}
	}
	w.p("return \"\"")
	w.p("}")
}

// inner writes the search of the messages in a field.
func (w *writer) inner(f *protogen.Field, call string) {
	one := "m." + f.GoName
	if f.Desc.IsList() {
		w.p("for _, one := range m.", f.GoName, " {")
		one = "one"
	}
	w.p("if found := ", one, ".", call, "; found != \"\" {")
	w.p("return \"", f.Desc.Name(), ".\" + found")
	w.p("}")
	if f.Desc.IsList() {
		w.p("}")
	}
}
