// Package verify checks an evidence package offline: one ASiC-E container that
// holds a decision of a ledger with all that a court needs to check it without
// asking anybody. It owns the package's form, which has no second spelling, and it
// knows neither the store nor the network.
package verify

import (
	"bytes"
	"encoding/json"
	"time"

	"homeward.example/gateway/internal/asice"
	"homeward.example/gateway/internal/envelope"
	"homeward.example/gateway/internal/problem"
)

// Contents is what a package holds. What there is not is empty.
type Contents struct {
	About    About
	Decision []byte // as the ledger stored it: the leaf is over these bytes
	Query    string // SD-JWTs
	Again    string // the collect that asked for the query again
	Answer   string
	Registry []byte // the signed registry that was in force at the decision
	Exported []byte // the one that was in force at the export, if it is another
	Bundle   []byte // archives
	Overlay  []byte
	Release  string // the ICRC's, signed, by which what came from it is here
	Proof    []byte // checkpoint.Proof as JSON
}

// About is about.json: what the package says of itself.
type About struct {
	Version     int    `json:"v"` // 1
	Participant string `json:"participant"`
	Decision    string `json:"decision"`
	// Salt of the leaf, base64url; "" where it was erased.
	Salt string `json:"salt"`
	// Program that exported, which is also the one whose policy engine replays: "homeward 0.4".
	Program string `json:"program"`
	Export  Export `json:"export"`
	// LeftOut names the values that are not disclosed here: "answer name.family".
	LeftOut []LeftOut `json:"left_out"`
	// Erased says that no value was left in the ledger.
	Erased bool `json:"erased"`
}

// Export is the decision to hand the package out.
type Export struct {
	Decision string           `json:"decision"` // of the same ledger
	At       time.Time        `json:"at"`
	Officer  envelope.Officer `json:"officer"`
	Under    string           `json:"under"` // on what ground
	// Release is the id of the ICRC's, by which what came from it is here; "" without one.
	Release string `json:"release,omitempty"`
}

// LeftOut is one value that is not in the package, and why.
type LeftOut struct {
	Message string `json:"message"` // "query", "again", "answer"
	Name    string `json:"name"`    // of the disclosure, "" for an element of an array
	Why     string `json:"why"`     // WhyAsked, WhyICRC, WhyOnward
}

// Why a value is not in the package.
const (
	WhyAsked  = "redacted"       // whoever exported wanted it so
	WhyICRC   = "icrc_origin"    // it leaves by the ICRC's release alone
	WhyOnward = "onward_barred"  // another holder released it to this participant alone
	version   = 1                // of the form
	aboutName = "about.json"     // names of the files
	decName   = "decision.json"  //
	queryName = "query.sdjwt"    //
	againName = "again.sdjwt"    //
	ansName   = "answer.sdjwt"   //
	regName   = "registry.sdjwt" //
	expName   = "registry-at-export.sdjwt"
	bunName   = "bundle.tar.gz"
	ovlName   = "overlay.tar.gz"
	relName   = "icrc-release.sdjwt"
	proofName = "proof.json"
	htmlName  = "summary.html"
)

// types gives the media type of each file.
func types() map[string]string {
	const sdjwt, archive = "application/sd-jwt", "application/gzip"
	return map[string]string{
		aboutName: "application/json", decName: "application/json", proofName: "application/json", htmlName: "text/html",
		queryName: sdjwt, againName: sdjwt, ansName: sdjwt, regName: sdjwt, expName: sdjwt, relName: sdjwt, bunName: archive, ovlName: archive,
	}
}

// Files are those of the container, in their one order, with the summary that is
// generated from the others.
func (c Contents) Files() ([]asice.File, error) {
	about, err := json.MarshalIndent(c.About, "", "  ")
	if err != nil {
		return nil, problem.Wrap(asice.CodeContainer, aboutName, err)
	}
	files := []asice.File{{Name: aboutName, Content: append(about, '\n')}}
	for _, f := range []asice.File{
		{Name: decName, Content: c.Decision}, {Name: queryName, Content: []byte(c.Query)}, {Name: againName, Content: []byte(c.Again)},
		{Name: ansName, Content: []byte(c.Answer)}, {Name: regName, Content: c.Registry}, {Name: expName, Content: c.Exported},
		{Name: bunName, Content: c.Bundle}, {Name: ovlName, Content: c.Overlay}, {Name: relName, Content: []byte(c.Release)}, {Name: proofName, Content: c.Proof},
	} {
		if len(f.Content) > 0 {
			files = append(files, f)
		}
	}
	summary, err := c.summary(files)
	if err != nil {
		return nil, problem.Wrap(asice.CodeContainer, htmlName, err)
	}
	files = append(files, asice.File{Name: htmlName, Content: summary})
	for i := range files {
		files[i].Type = types()[files[i].Name]
	}
	return files, nil
}

// Read opens a package: its form, its signature over every file, and that the
// summary says what the files say. Who signed is not known yet.
func Read(raw []byte) (Contents, asice.Container, error) {
	container, err := asice.Read(raw, types())
	if err != nil {
		return Contents{}, container, err
	}
	c, err := contentsOf(container)
	if err != nil {
		return Contents{}, container, err
	}
	again, err := c.Files()
	if err != nil {
		return Contents{}, container, err
	}
	if len(again) != len(container.Files) {
		return Contents{}, container, problem.New(asice.CodeContainer, "files: one is missing, empty, or there twice")
	}
	for i, f := range again {
		if got := container.Files[i]; got.Name != f.Name || !bytes.Equal(got.Content, f.Content) {
			return Contents{}, container, problem.New(asice.CodeContainer, got.Name+": not in the one form, or not what the other files make of it")
		}
	}
	return c, container, nil
}

func contentsOf(container asice.Container) (Contents, error) {
	get := func(name string) []byte { b, _ := container.Get(name); return b }
	c := Contents{
		Decision: get(decName), Query: string(get(queryName)), Again: string(get(againName)), Answer: string(get(ansName)),
		Registry: get(regName), Exported: get(expName), Bundle: get(bunName), Overlay: get(ovlName), Release: string(get(relName)), Proof: get(proofName),
	}
	d := json.NewDecoder(bytes.NewReader(get(aboutName)))
	d.DisallowUnknownFields()
	if err := d.Decode(&c.About); err != nil {
		return c, problem.Wrap(asice.CodeContainer, aboutName, err)
	}
	if c.About.Version != version {
		return c, problem.New(asice.CodeContainer, aboutName+": another version of the form")
	}
	return c, nil
}
