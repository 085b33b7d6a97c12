// Package policies holds the rules that decide what may leave: Rego beside its
// tests, and the data document that describes the schema to them. README.md
// says how to read and change them.
package policies

import (
	"embed"
	"io/fs"
)

//go:embed homeward cases
var files embed.FS

// FS returns the rules, their tests and their data, as they stand in the tree.
func FS() fs.FS { return files }
