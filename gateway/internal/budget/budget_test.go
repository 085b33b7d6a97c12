package budget_test

import (
	"testing"

	"homeward.example/gateway/internal/budget"
	"homeward.example/gateway/internal/budget/budgettest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	budgettest.Run(t, func(_ *testing.T, l budget.Limits) budget.Budget { return &budget.Memory{Limits: l} })
}
