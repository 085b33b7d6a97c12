package gateway_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"

	"homeward.example/schemas/catalog"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// canaryDir tells a second process of this test where to leave what came out.
const canaryDir = "HOMEWARD_TEST_CANARY_DIR"

// No value of a child's record leaves a gateway otherwise than in an answer that
// the policy allows. A process of its own runs a federation whose child has a
// marked value in every leaf, through everything that can go right and wrong; its
// standard error, logs, traces, metrics, problems, ledgers and Redis are searched
// for the marks in every form.
func TestNoChildDataLeaks(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv(canaryDir); dir != "" {
		flyCanaries(t, dir)
		return
	}
	dir := t.TempDir()
	run := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoChildDataLeaks$", "-test.timeout=4m")
	run.Env = append(os.Environ(), canaryDir+"="+dir)
	var said, logged bytes.Buffer
	run.Stdout, run.Stderr = &said, &logged
	if err := run.Run(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, said.Bytes(), logged.Bytes())
	}
	ok(t, os.WriteFile(filepath.Join(dir, "stderr"), logged.Bytes(), 0o600))
	c := newCanaries()
	released, err := os.ReadFile(filepath.Join(dir, "released"))
	ok(t, err)
	for _, m := range c.marks {
		f, _ := catalog.ByPath(m.path)
		if f.Group != "evidence" && !strings.HasPrefix(m.path, "birth.age.") && !bytes.Contains(released, []byte(m.text)) { // of evidence nobody gets more than that it is there, an age is derived
			t.Errorf("the mark of %s was released to nobody: the test is blind to it", m.path)
		}
	}
	for _, name := range []string{"stderr", "traces", "metrics", "problems", "ledgers", "redis"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		ok(t, err)
		if len(content) < 200 {
			t.Errorf("%s: %d bytes: there was nothing to search", name, len(content))
		}
		c.search(t, name, content)
	}
}

// canaries are the marks of one child.
type canaries struct {
	child *homewardv1.ChildRecord
	marks []mark
}

// mark is a value that stands in one leaf and nowhere else.
type mark struct{ path, text string }

// canaryID is the record id of the child; it is a mark too.
const canaryID = "zq-canary-record-7391"

func newCanaries() *canaries {
	c := &canaries{child: new(homewardv1.ChildRecord)}
	c.fill(c.child.ProtoReflect(), "")
	return c
}

func (c *canaries) fill(m protoreflect.Message, prefix string) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		path := prefix + string(fd.Name())
		switch {
		case fd.Message() != nil && fd.IsList():
			c.fill(m.Mutable(fd).List().AppendMutable().Message(), path+".")
		case fd.Message() != nil:
			c.fill(m.Mutable(fd).Message(), path+".")
		case fd.IsList():
			m.Mutable(fd).List().Append(c.value(fd, path))
		default:
			m.Set(fd, c.value(fd, path))
		}
	}
}

func (c *canaries) value(fd protoreflect.FieldDescriptor, path string) protoreflect.Value {
	switch fd.Kind() {
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1) // ORIGINAL, FALSE: no value of its own
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(6) // too short for a mark
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(c.mark(path, c.letters(), base64.StdEncoding.EncodeToString)))
	}
	return protoreflect.ValueOfString(c.text(path))
}

// mark notes what is looked for, as it stands in an answer.
func (c *canaries) mark(path, text string, shown func([]byte) string) string {
	c.marks = append(c.marks, mark{path, shown([]byte(text))})
	return text
}

// text is what the source accepts at a path. Closed vocabularies, countries and
// grades are no marks.
func (c *canaries) text(path string) string {
	plain := func(b []byte) string { return string(b) }
	last := path[strings.LastIndexByte(path, '.')+1:]
	switch {
	case path == "record.record_id":
		return canaryID // released as a pseudonym; the ledger and logs are searched for it apart
	case path == "record.reliability_band": // derived, never copied
		return "high"
	case path == "birth.sex":
		return "female"
	case path == "separation.cause":
		return "filtration"
	case path == "current.care_type", path == "displacement.facility_type":
		return "camp"
	case last == "country":
		return "UA"
	case last == "reliability":
		return "B"
	case path == "birth.age.value": // derived from the birth date
		return "9"
	case path == "birth.birth_date.value":
		return c.mark(path, "2011-07-19", plain)
	case path == "record.created_at", path == "record.updated_at", path == "record.retention_until", path == "separation.date",
		path == "tracing.reunified_at", last == "asserted_at", strings.HasPrefix(path, "consent.") && (last == "date" || last == "review_date"):
		return c.mark(path, fmt.Sprintf("20%02d-%02d-%02d", 50+len(c.marks)%40, 1+len(c.marks)%12, 1+len(c.marks)%28), plain)
	}
	return c.mark(path, c.letters(), plain)
}

// letters are a word of two scripts that no other leaf has.
func (c *canaries) letters() string {
	n := strconv.FormatInt(int64(1000+len(c.marks)), 8)
	return "канаркащ" + strings.Map(func(r rune) rune { return 'б' + r - '0' }, n) + "щ"
}

// search fails for every mark that a text holds, whatever was done to it.
func (c *canaries) search(t *testing.T, where string, content []byte) {
	t.Helper()
	lower := bytes.ToLower(content)
	for _, m := range append(c.marks, mark{"record.record_id", canaryID}) {
		for form, text := range forms(m.text) {
			if i := bytes.Index(lower, []byte(strings.ToLower(text))); i >= 0 {
				t.Errorf("%s: %s is there, %s: …%q…", where, m.path, form, content[max(0, i-80):min(len(content), i+40)])
			}
		}
	}
}

// forms are the ways in which a text may be written.
func forms(text string) map[string]string {
	raw := []byte(text)
	out := map[string]string{
		"as it is": text, "in hex": hex.EncodeToString(raw), "percent-encoded": url.QueryEscape(text),
		"escaped for JSON": strings.Trim(strconv.QuoteToASCII(text), `"`),
		"transliterated":   latin(text),
	}
	for shift := range 3 { // base64 of a text that it is in the middle of
		padded := append(bytes.Repeat([]byte{0}, shift), raw...)
		whole := base64.StdEncoding.EncodeToString(padded)
		inner := whole[(shift*8+5)/6 : len(padded)*8/6]
		out[fmt.Sprint("base64 ", shift)] = inner
		out[fmt.Sprint("base64url ", shift)] = strings.NewReplacer("+", "-", "/", "_").Replace(inner)
	}
	return out
}

// latin is what is left of a mark that was only folded for a search key.
func latin(text string) string {
	return strings.NewReplacer("к", "k", "а", "a", "н", "n", "р", "r", "щ", "shch").Replace(text)
}

// The forms are those that the encoders really make.
func TestCanaryForms(t *testing.T) {
	t.Parallel()
	const secret = "канаркащбвгщ" // synthetic
	for name, text := range map[string]string{
		"base64 of a sentence": base64.StdEncoding.EncodeToString([]byte("xy" + secret + "z")),
		"base64url":            base64.RawURLEncoding.EncodeToString([]byte("x" + secret)),
		"json":                 strconv.QuoteToASCII("a " + secret),
		"url":                  "https://h.example/?q=" + url.QueryEscape(secret),
		"hex":                  fmt.Sprintf("%X", "_"+secret),
	} {
		found := false
		for _, form := range forms(secret) {
			found = found || strings.Contains(strings.ToLower(text), strings.ToLower(form))
		}
		if !found {
			t.Errorf("%s: %s is not found", name, text)
		}
	}
}

// lines are the child as a line of the holders' file, and lines that are broken,
// which the source must report without quoting them.
func (c *canaries) lines() ([]byte, error) {
	good, err := protojson.Marshal(c.child)
	if err != nil {
		return nil, err
	}
	secret := c.marks[len(c.marks)-1].text
	bad := fmt.Sprintf("{\"record\":{\"record_id\":%q},\"birth\":{\"sex\":%q}}\n{%q:1}\n{\"name\":%q}\n", secret, secret, secret, secret)
	return append(append(good, '\n'), bad...), nil
}

// artefacts collects what came out, by kind.
type artefacts struct {
	dir   string
	parts map[string]*bytes.Buffer
}

func (a *artefacts) add(kind string, content ...any) {
	if a.parts[kind] == nil {
		a.parts[kind] = new(bytes.Buffer)
	}
	fmt.Fprintln(a.parts[kind], content...)
}

func (a *artefacts) write() error {
	var errs []error
	for kind, b := range a.parts {
		errs = append(errs, os.WriteFile(filepath.Join(a.dir, kind), b.Bytes(), 0o600))
	}
	return errors.Join(errs...)
}
