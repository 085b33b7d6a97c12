package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFiguresHaveBenchmarks: each figure is of a benchmark that the source has, and
// of its parts if it has parts; or `make bench` would end without it.
func TestFiguresHaveBenchmarks(t *testing.T) {
	t.Parallel()
	bodies := benchmarks(t, filepath.Join("..", ".."))
	for _, f := range figures() {
		name, _, parts := strings.Cut(f.benchmark, "/")
		body, ok := bodies[name]
		if runs := strings.Contains(body, "b.Run("); !ok || runs != parts {
			t.Errorf("%s: there is Benchmark%s: %t; it has parts: %t, the figure names parts: %t", f.name, name, ok, runs, parts)
		}
	}
}

var benchmark = regexp.MustCompile(`(?ms)^func Benchmark(\w+)\(.*?^}`)

// benchmarks are the bodies of all benchmarks under a folder, by name.
func benchmarks(t *testing.T, root string) map[string]string {
	t.Helper()
	bodies := make(map[string]string)
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range benchmark.FindAllSubmatch(source, -1) {
			bodies[string(m[1])] += string(m[0])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bodies
}
