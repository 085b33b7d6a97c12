package file

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	"homeward.example/adapters"
	"homeward.example/adapters/adaptertest"
)

// parseBytes runs a parser over bytes as load does over a file.
func parseBytes(t *testing.T, content []byte, parse func(*intake, *sink) error) *sink {
	s := newSink(ready{settings: settings{Origin: "fuzz"}}, &adapters.Report{Source: "f", At: noon}, adapters.Settings{})
	in := &intake{ctx: context.Background(), r: bytes.NewReader(content), name: "f", max: 1 << 20, hash: sha256.New()}
	if err := parse(in, s); err != nil {
		var issue adapters.Issue
		if !errors.As(err, &issue) || issue.File == "" || issue.What == "" {
			t.Errorf("an error without its place: %v", err)
		}
	}
	return s
}

// sound holds what must be true of whatever was loaded.
func sound(t *testing.T, s *sink) {
	snap := index(s)
	for id, e := range snap.byID {
		child, err := adapters.NewCut(everything()).Decode(e.wire)
		if err != nil {
			t.Fatalf("a stored record cannot be read: %v", err)
		}
		if child.GetRecord().GetRecordId() != id || e.version == "" {
			t.Error("a record under another id, or without a version")
		}
		if field, what := validate(child); what != "" {
			t.Errorf("a stored record is not valid: %s %s", field, what)
		}
	}
	for _, i := range s.report.Issues {
		if i.What == "" || i.Line == 0 {
			t.Errorf("an issue without its place: %+v", i)
		}
	}
}

func FuzzPFIF(f *testing.F) {
	f.Add([]byte(goodPFIF))
	f.Add(encodePFIF(adaptertest.Children(2)))
	f.Add([]byte(doc("1.2", note(`<status>believed_dead</status>`)+`<person><other>description:
	a</other><found>true</found></person>`)))
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`))
	f.Fuzz(func(t *testing.T, content []byte) { sound(t, parseBytes(t, content, readPFIF)) })
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte(goodJSONL))
	f.Add(encodeJSONL(adaptertest.Children(2)))
	f.Add([]byte(`{"record":{"recordId":"2"},"name":{"family":[{"value":"a"},{"value":["b"]}]}}` + "\n[]\n"))
	f.Add([]byte("\xef\xbb\xbf{}\n\xff"))
	f.Fuzz(func(t *testing.T, content []byte) { sound(t, parseBytes(t, content, readJSONL)) })
}

func FuzzCSV(f *testing.F) {
	m, err := parseMapping([]byte(fullMapping))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encodeCSV(adaptertest.Children(2)))
	f.Add([]byte("id;прізвище\n1;\"a\n"))
	f.Add([]byte(goodCSV))
	f.Fuzz(func(t *testing.T, content []byte) {
		sound(t, parseBytes(t, content, func(in *intake, s *sink) error { return readCSV(in, m, s) }))
	})
}

func FuzzMapping(f *testing.F) {
	f.Add([]byte(fullMapping), []byte("id;прізвище\n1;a\n"))
	f.Add([]byte(goodMap), []byte(goodCSV))
	f.Add([]byte("columns:\n  x: &a {path: 'family.members[3].name', enum: {a: *a}}\n"), []byte("x\n1\n"))
	f.Fuzz(func(t *testing.T, mapping, content []byte) {
		m, err := parseMapping(mapping)
		if err != nil {
			var issue adapters.Issue
			if !errors.As(err, &issue) {
				t.Errorf("an error that is no Issue: %v", err)
			}
			return
		}
		sound(t, parseBytes(t, content, func(in *intake, s *sink) error { return readCSV(in, m, s) }))
	})
}

// FuzzIntake: however the bytes are cut, the same is accepted and the same refused.
func FuzzIntake(f *testing.F) {
	f.Add([]byte("Шевченко\n"), 1)
	f.Add([]byte("a\xf0\x9f\x98\x80b\xff"), 3)
	f.Fuzz(func(t *testing.T, content []byte, size int) {
		whole, errWhole := drain(content, 1<<16)
		parts, errParts := drain(content, 1+(size&0xff))
		if !bytes.Equal(whole, parts) && errWhole == nil || (errWhole == nil) != (errParts == nil) {
			t.Errorf("read whole: %v, read in parts: %v", errWhole, errParts)
		}
		if errWhole != nil && errParts.Error() != errWhole.Error() {
			t.Errorf("read whole: %v, read in parts: %v", errWhole, errParts)
		}
	})
}

func drain(content []byte, size int) ([]byte, error) {
	in := &intake{ctx: context.Background(), r: bytes.NewReader(content), name: "f", max: 1 << 20, hash: sha256.New()}
	var out []byte
	for buf := make([]byte, size); ; {
		n, err := in.Read(buf)
		out = append(out, buf[:n]...)
		if err != nil {
			if err.Error() == "EOF" {
				err = nil
			}
			return out, err
		}
	}
}

// TestVersionIsStable: the same record has the same version in each process, so it is written here.
func TestVersionIsStable(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, formatJSONL, goodJSONL, "", nil)
	r, err := s.Get(t.Context(), "1", nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "06237d8dba38aff467600ef8b0fe9629"
	if r.Version != want {
		t.Errorf("version %s, want %s", r.Version, want)
	}
	if proto.Size(r.Child) != 0 {
		t.Error("an empty mask admits something")
	}
}
