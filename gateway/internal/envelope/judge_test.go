package envelope

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// job and verdict are what testdata/sdjwt/judge.mjs reads and writes.
type job struct {
	Do      string            `json:"do"`
	Token   string            `json:"token,omitempty"`
	JWK     map[string]string `json:"jwk"`
	Alg     string            `json:"alg"`
	Now     int64             `json:"now,omitempty"`
	Payload any               `json:"payload,omitempty"`
	Frame   any               `json:"frame,omitempty"`
	Header  any               `json:"header,omitempty"`
}

type verdict struct {
	Error   string
	Token   string
	Header  map[string]string
	Payload struct {
		Iss, Purpose, Status string
		Query                map[string]string
		Links                []string
		Records              []map[string]json.RawMessage
	}
}

// judge runs @sd-jwt/core over the jobs. Node and npm are needed: without them
// nobody but ourselves would say that our messages are SD-JWTs.
func judge(t *testing.T, jobs []job) []verdict {
	t.Helper()
	in := must(json.Marshal(jobs))
	cmd := exec.Command("node", "judge.mjs")
	cmd.Dir, cmd.Stdin = installed(t), bytes.NewReader(in)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v: %s", err, stderr.String())
	}
	var verdicts []verdict
	if err := json.Unmarshal(out, &verdicts); err != nil || len(verdicts) != len(jobs) {
		t.Fatalf("%d verdicts on %d jobs: %v: %s", len(verdicts), len(jobs), err, out)
	}
	return verdicts
}

// installed puts the judge and its pinned packages in a cache folder, once per lock file.
func installed(t *testing.T) string {
	t.Helper()
	digest := sha256.New()
	files := []string{"package.json", "package-lock.json", "judge.mjs"}
	for _, name := range files {
		digest.Write(must(os.ReadFile(filepath.Join("testdata", "sdjwt", name))))
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "homeward", "sdjwt-judge-"+hex.EncodeToString(digest.Sum(nil)[:8]))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	making, err := os.MkdirTemp(filepath.Dir(dir), "making-")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if err := os.WriteFile(filepath.Join(making, name), must(os.ReadFile(filepath.Join("testdata", "sdjwt", name))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = making
	if out, err := cmd.CombinedOutput(); err != nil {
		os.RemoveAll(making)
		t.Fatalf("npm ci (node 20 or newer with npm is needed): %v: %s", err, out)
	}
	if err := os.Rename(making, dir); err != nil { // another test process was first
		os.RemoveAll(making)
	}
	return dir
}

func TestJudgeOpensOurs(t *testing.T) {
	t.Parallel()
	var jobs []job
	for _, alg := range []string{AlgEdDSA, AlgES256} {
		p := newParty(t, alg)
		jwk := must(MarshalPublicJWK(p.keys[p.key.ID]))
		payload, ds, err := AnswerPayload(sampleAnswer())
		if err != nil {
			t.Fatal(err)
		}
		query, answer := p.query(t, func(*Query) {}), must(Sign(payload, ds, TypeAnswer, p.key))
		fewer := must(Present(query, func(d Disclosure) bool { return d.Name == "family" }))
		none := must(Present(answer, func(Disclosure) bool { return false }))
		broken := strings.Replace(query, ".", ".A", 1)
		for _, token := range []string{query, answer, fewer, none, broken} {
			jobs = append(jobs, job{Do: "verify", Token: token, JWK: jwk, Alg: alg, Now: now.Unix()})
		}
	}
	verdicts := judge(t, jobs)
	for i, alg := range []string{AlgEdDSA, AlgES256} {
		query, answer, fewer, none, broken := verdicts[5*i], verdicts[5*i+1], verdicts[5*i+2], verdicts[5*i+3], verdicts[5*i+4]
		for name, v := range map[string]verdict{"query": query, "answer": answer, "fewer": fewer, "none": none} {
			if v.Error != "" || v.Payload.Iss != "gov-pl" || v.Header["alg"] != alg {
				t.Errorf("%s %s: %+v", alg, name, v)
			}
		}
		want := sampleQuery()
		if query.Payload.Query["given"] != want.Criteria["given"] || len(query.Payload.Query) != len(want.Criteria) || !slices.Equal(query.Payload.Links, want.Links) {
			t.Errorf("%s: query %+v", alg, query.Payload)
		}
		values := sampleAnswer().Records[0].Values
		if got := answer.Payload.Records[0]; string(got["name.family"]) != string(values["name.family"]) || got["_sd"] != nil {
			t.Errorf("%s: answer %s", alg, got)
		}
		if got := fewer.Payload; len(got.Query) != 1 || got.Query["family"] == "" || len(got.Links) != 0 || got.Purpose != "RETURN" {
			t.Errorf("%s: with fewer disclosures %+v", alg, got)
		}
		if got := none.Payload; got.Records[0]["name.family"] != nil || got.Records[0]["fields"] == nil || got.Status != StatusAnswered {
			t.Errorf("%s: without disclosures %+v", alg, got)
		}
		if broken.Error == "" {
			t.Errorf("%s: the judge accepts anything", alg)
		}
	}
}

// What the foreign library makes by the shape of wire.md, we accept: an
// integrator needs nothing of ours.
func TestWeOpenTheJudges(t *testing.T) {
	t.Parallel()
	var jobs []job
	keys := keyring{}
	q := sampleQuery()
	for i, alg := range []string{AlgEdDSA, AlgES256} {
		key := newKey(t, fmt.Sprintf("gov-pl.sign.%d", i), alg)
		keys.add(key.Public("gov-pl", UseSign))
		jobs = append(jobs, job{
			Do: "issue", Alg: alg, JWK: jwkMap(t, must(MarshalPrivateJWK(key))),
			Header: map[string]string{"kid": key.ID, "typ": string(TypeQuery)}, Payload: q,
			Frame: map[string]any{"query": map[string]any{"_sd": []string{"family", "given", "born"}, "_sd_decoy": 5}, "links": map[string]any{"_sd": []int{0, 1}}},
		})
	}
	for i, v := range judge(t, jobs) {
		got, err := Verify(v.Token, expect(TypeQuery, keys))
		if err != nil {
			t.Errorf("%s: %v %s", jobs[i].Alg, err, v.Error)
			continue
		}
		read := must(got.Query())
		if read.Criteria["given"] != q.Criteria["given"] || !slices.Equal(read.Links, q.Links) || read.Purpose != q.Purpose || len(got.Digests()) != 5 {
			t.Errorf("%s: %+v", jobs[i].Alg, read)
		}
	}
}
