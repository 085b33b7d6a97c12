package cli

import (
	"bytes"
	"strings"
	"testing"
)

// A table of Ukrainian text fits a terminal of 80 columns, its columns under one another.
func TestTablesFitTheTerminal(t *testing.T) {
	t.Parallel()
	head := []string{"field", "verdict", "value"}
	rows := [][]string{
		{"name.full", "released", "Шевченко Олександр Іванович, відомий як Сашко"},
		{"family.members.current_location", "generalised to controlled_area", "abroad"},
		{"birth.birth_place", "released", "Маріуполь, Донецька область; с. Залізни\u0301чне, Донецька область"},
	}
	for _, width := range []int{80, 120, 0} {
		var b bytes.Buffer
		p := &printer{w: &b, width: width}
		p.table("    ", head, rows, nil)
		at := strings.Index(strings.SplitN(b.String(), "\n", 2)[0], "value")
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			if width > 0 && cells(line) > width {
				t.Errorf("%d columns: %d cells: %s", width, cells(line), line)
			}
			if gap := []rune(strings.ReplaceAll(line, "\u0301", "")); len(gap) > at && gap[at-1] != ' ' {
				t.Errorf("%d columns: no gap before the third column: %s", width, line)
			}
		}
		for _, row := range rows {
			for _, cell := range row {
				for _, word := range strings.Fields(cell) {
					if !strings.Contains(b.String(), word) {
						t.Errorf("%d columns: %s is lost or broken:\n%s", width, word, b.String())
					}
				}
			}
		}
		if lines := strings.Count(b.String(), "\n"); (width > 0) != (lines > 4) {
			t.Errorf("%d columns: %d lines\n%s", width, lines, b.String())
		}
	}
}
