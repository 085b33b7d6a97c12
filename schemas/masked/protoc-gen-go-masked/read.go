package main

import (
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// set is the expression that a field has a value; an empty list has none.
func set(f *protogen.Field) string {
	m := "m." + f.GoName
	switch {
	case f.Desc.IsList(), f.Desc.Kind() == protoreflect.BytesKind:
		return "len(" + m + ") > 0"
	case f.Message != nil:
		return m + " != nil"
	case f.Desc.Kind() == protoreflect.StringKind:
		return m + " != \"\""
	}
	return m + " != 0"
}

// loop writes the head of the loop over the fields of a message.
func (w *writer) loop() {
	w.p("for f, s := r.Next(s); f.Tag != 0; f, s = r.Next(s) {")
}

// read writes how what a mask admits is read of a message, and whether that is anything.
func (w *writer) read(m *protogen.Message) {
	w.p()
	w.p("func (m *", m.GoIdent, ") read(r *maskedReader, k *", m.GoIdent, "Mask, s string) (kept bool) {")
	w.loop()
	w.p("if k.Fields>>(f.Tag>>3)&1 == 0 {")
	w.p("continue")
	w.p("}")
	w.p("switch f.Tag {")
	for _, f := range m.Fields {
		w.tag(f)
		switch {
		case f.Message == nil:
			w.scalar(f, "r.Copy(r.Text(f.Body))")
			w.p("kept = true")
		case leaf(f):
			w.p("if f.Body != \"\" {")
			w.message(f, "r.Copy(f.Body)")
			w.p("kept = true")
			w.p("}")
		default:
			w.into(f)
		}
	}
	w.p("}")
	w.p("}")
	w.p("return kept")
	w.p("}")
}

// readPart writes how a message is read whole. Its bytes were copied already.
func (w *writer) readPart(m *protogen.Message) {
	w.p()
	w.p("func (m *", m.GoIdent, ") readPart(r *maskedReader, s string) {")
	w.loop()
	w.p("switch f.Tag {")
	for _, f := range m.Fields {
		w.tag(f)
		if f.Message == nil {
			w.scalar(f, "r.Text(f.Body)")
		} else {
			w.message(f, "f.Body")
		}
	}
	w.p("}")
	w.p("}")
	w.p("}")
}

func (w *writer) tag(f *protogen.Field) {
	typ := "Varint"
	switch f.Desc.Kind() {
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind:
		typ = "Bytes"
	case protoreflect.EnumKind, protoreflect.Int32Kind:
		if f.Desc.IsList() {
			panic(f.Desc.FullName() + " may be packed")
		}
	default:
		panic(f.Desc.FullName() + " is of a kind that is not read")
	}
	w.p("case ", f.Desc.Number(), "<<3 | ", masked(typ), ":")
}

// scalar writes how a field that is no message is stored.
func (w *writer) scalar(f *protogen.Field, text string) {
	to := "m." + f.GoName
	switch f.Desc.Kind() {
	case protoreflect.StringKind:
		if f.Desc.IsList() {
			text = "r.Words.Append(" + to + ", " + text + ")"
		}
		w.p(to, " = ", text)
	case protoreflect.BytesKind:
		w.p(to, " = []byte(f.Body)")
	case protoreflect.EnumKind:
		w.p(to, " = ", f.Enum.GoIdent, "(f.Number)")
	default:
		w.p(to, " = int32(f.Number)")
	}
}

// message writes how a message is stored that is admitted as a whole.
func (w *writer) message(f *protogen.Field, body string) {
	verb := "merge"
	if f.Desc.IsList() {
		verb = "append"
	}
	w.p("r.", verb, f.Message.GoIdent, "(&m.", f.GoName, ", ", body, ")")
}

// into writes how a message is stored that is admitted in parts; without any of them, it is not.
func (w *writer) into(f *protogen.Field) {
	to := "m." + f.GoName
	if f.Desc.IsList() {
		w.p("if one := new(", f.Message.GoIdent, "); one.read(r, &k.", f.GoName, ", f.Body) {")
		w.p(to, ", kept = append(", to, ", one), true")
	} else {
		w.p("one := ", to)
		w.p("if one == nil {")
		w.p("one = &r.groups.", w.place(f))
		w.p("}")
		w.p("if one.read(r, &k.", f.GoName, ", f.Body) {")
		w.p(to, ", kept = one, true")
	}
	w.p("}")
}

// place is where in a record's memory the message of a field stands. The field is
// met once in a record, since a message with groups stands in it once: see group.
func (w *writer) place(f *protogen.Field) string {
	w.places = append(w.places, f)
	return f.Parent.GoIdent.GoName + f.GoName
}

// reader writes what the reading of one record has at hand.
func (w *writer) reader(child *protogen.Message) {
	name := child.GoIdent.GoName
	w.p()
	w.p("// Read", name, " reads a record in wire format as far as a mask admits it; false where")
	w.p("// the bytes are none. It shares no memory with them.")
	w.p("func Read", name, "(k *", name, "Mask, s string) (*", name, ", bool) {")
	w.p("r := maskedReader{Reader: ", masked("NewReader"), "(len(s)), groups: new(maskedGroups)}")
	w.p("r.groups.root.read(&r, k, s)")
	w.p("return &r.groups.root, !r.Broken")
	w.p("}")
	w.p()
	w.p("// maskedGroups is the memory of a record, but for what it has several of.")
	w.p("type maskedGroups struct {")
	w.p("root ", name)
	for _, f := range w.places {
		w.p(f.Parent.GoIdent.GoName, f.GoName, " ", f.Message.GoIdent)
	}
	w.p("}")
	w.p()
	w.p("type maskedReader struct {")
	w.p(masked("Reader"))
	w.p("groups *maskedGroups")
	for _, m := range w.parts {
		w.p("roomOf", m.GoIdent, " []", m.GoIdent)
		w.p("listsOf", m.GoIdent, " ", masked("Lists"), "[*", m.GoIdent, "]")
	}
	w.p("}")
	for _, m := range w.parts {
		w.store(m.GoIdent.GoName)
	}
}

// store writes how one message that is admitted as a whole is put where it belongs.
func (w *writer) store(name string) {
	w.p()
	w.p("func (r *maskedReader) append", name, "(to *[]*", name, ", s string) {")
	w.p("one := ", masked("Take"), "(&r.roomOf", name, ")")
	w.p("*to = r.listsOf", name, ".Append(*to, one)")
	w.p("one.readPart(r, s)")
	w.p("}")
	w.p()
	w.p("// A message that comes in two pieces is one.")
	w.p("func (r *maskedReader) merge", name, "(to **", name, ", s string) {")
	w.p("if *to == nil {")
	w.p("*to = ", masked("Take"), "(&r.roomOf", name, ")")
	w.p("}")
	w.p("(*to).readPart(r, s)")
	w.p("}")
}
