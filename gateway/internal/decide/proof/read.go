package proof

import (
	"bytes"

	"gopkg.in/yaml.v3"
)

// ReadCase reads a case that stands alone, in YAML or JSON: its question and its
// record; what is wanted of it may be left out.
func ReadCase(source []byte) (Case, error) {
	var c Case
	d := yaml.NewDecoder(bytes.NewReader(source))
	d.KnownFields(true)
	err := d.Decode(&c)
	return c, err
}
