package matching

import (
	"iter"
	"strings"
)

// rows of an embedded table: a line each, its columns between tabs. What begins with #
// is for people.
func rows(table string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(table) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" || line[0] == '#' {
				continue
			}
			if !yield(strings.Split(line, "\t")) {
				return
			}
		}
	}
}

// names that a column of a row lists; none where the row ends before it.
func names(row []string, column int) []string {
	if column >= len(row) || row[column] == "" {
		return nil
	}
	return strings.Split(row[column], "|")
}
