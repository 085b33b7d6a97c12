package decide

import (
	"strings"
	"testing"
)

func TestTheEmbeddedBundleIsProven(t *testing.T) {
	t.Parallel()
	if n, err := embedded(t).Test(t.Context()); err != nil || n < 50 {
		t.Errorf("%d passed, %v", n, err)
	}
}

func TestBundlesThatAreNotProven(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, source, want string }{
		"a test that fails":   {"x_test.rego", "package homeward.x_test\n\ntest_x if false", "test_x"},
		"a test that errs":    {"x_test.rego", "package homeward.x_test\n\ntest_x if 1 / 0 == 1", "test_x"},
		"one that is skipped": {"x_test.rego", "package homeward.x_test\n\ntodo_test_x if true", "todo_test_x"},
		"an impure test":      {"x_test.rego", "package homeward.x_test\n\ntest_x if time.now_ns() > 0", "undefined function time.now_ns"},
		"no Rego":             {"x_test.rego", "package", "x_test.rego"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := embedded(t)
			b.Tests = map[string]string{c.file: c.source, "homeward/y_test.rego": "package homeward.y_test\n\ntest_y if true"}
			if _, err := b.Test(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	b := embedded(t)
	b.Tests = nil
	if _, err := b.Test(t.Context()); err == nil || !strings.Contains(err.Error(), "no tests") {
		t.Errorf("a bundle without tests: %v", err)
	}
}
