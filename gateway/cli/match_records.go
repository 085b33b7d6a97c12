package cli

import (
	"bytes"
	"encoding/json"
	"os"

	"homeward.example/gateway/internal/matching"
	homewardv1 "homeward.example/schemas/gen/go/homeward/v1"
)

// comparedRecords compares the records of two files; false if the first one is an
// output of match bench.
func (a *app) comparedRecords(one, other string) (candidate, bool, error) {
	raw, err := os.ReadFile(one)
	if err != nil {
		return candidate{}, false, err
	}
	var bench struct {
		Kinds []json.RawMessage `json:"kinds"`
	}
	if json.Unmarshal(raw, &bench) == nil && bench.Kinds != nil {
		return candidate{}, false, nil
	}
	var both [2]*homewardv1.ChildRecord
	var ids [2]string
	for i, path := range []string{one, other} {
		if ids[i], both[i], err = a.onlyChild(path); err != nil {
			return candidate{}, false, err
		}
	}
	c := matching.Compare(matching.FromRecord(both[0]), matching.FromRecord(both[1]))
	return candidate{1, ids[1], c.Weight, c.Probability, c.Band, c.Features}, true, nil
}

// onlyChild reads a file with one record, on one line or on many.
func (a *app) onlyChild(path string) (id string, c *homewardv1.ChildRecord, err error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", nil, err
	}
	var line bytes.Buffer
	if json.Compact(&line, raw) != nil {
		return "", nil, usage("%s is neither one child record nor an output of match bench -o json", path)
	}
	err = a.readChildren(path, &line, func(_, of string, child *homewardv1.ChildRecord) { id, c = of, child })
	return id, c, err
}
