package adapters

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"homeward.example/schemas/catalog"
)

// Checked wraps an adapter in a facade that checks what it is asked and what it
// returned. The gateway uses no adapter without it. What breaks the contract is
// refused with ErrContract and never repaired: who returns too much once will do so again.
func Checked(a Adapter) Adapter { return &checked{inner: a} }

type checked struct {
	inner Adapter
	cuts  Cuts
}

// Search refuses too few criteria, cuts the result at limit and drops repetitions.
func (c *checked) Search(ctx context.Context, q Criteria, limit int) (ids []string, err error) {
	if !q.enough() {
		return nil, ErrCriteria
	}
	if limit <= 0 {
		return nil, nil
	}
	err = guard(ctx, func() error {
		ids, err = c.inner.Search(ctx, q, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool, len(ids))
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		drop := id == "" || seen[id]
		seen[id] = true
		return drop
	})
	return ids[:min(limit, len(ids))], nil
}

// enough is two criteria, or a document number.
func (q Criteria) enough() bool {
	given := 0
	for _, v := range [...]string{q.Full, q.Given, q.Patronymic, q.Family, q.Born, q.Sex, q.BirthOblast} {
		if Normalise(v) != "" {
			given++
		}
	}
	return given >= 2 || Normalise(q.Document) != ""
}

// Get refuses a record that is another than the one asked for, has no version,
// or holds anything outside the mask.
func (c *checked) Get(ctx context.Context, id string, mask Mask) (r Record, err error) {
	err = guard(ctx, func() error {
		r, err = c.inner.Get(ctx, id, mask)
		return err
	})
	if err != nil {
		return Record{}, err
	}
	if err := c.check(r, id, mask); err != nil {
		return Record{}, err
	}
	return r, nil
}

func (c *checked) check(r Record, id string, mask Mask) error {
	switch {
	case r.ID != id:
		return fmt.Errorf("%w: another record than the one asked for", ErrContract)
	case r.Version == "":
		return fmt.Errorf("%w: a record without a version", ErrContract)
	case r.Child == nil:
		return fmt.Errorf("%w: a record without content", ErrContract)
	case r.Child.GetRecord().GetRecordId() != "" && r.Child.Record.RecordId != id:
		return fmt.Errorf("%w: record.record_id is another", ErrContract)
	}
	if path := c.cuts.Of(mask).Outside(r.Child); path != "" {
		return fmt.Errorf("%w: %s is outside the mask", ErrContract, path)
	}
	for _, path := range r.Defaulted {
		if f, ok := catalog.ByPath(path); !ok || !f.Fact {
			return fmt.Errorf("%w: a default for what is no fact", ErrContract)
		}
	}
	return nil
}

// Changes refuses a change without an id, and changes without a next cursor.
func (c *checked) Changes(ctx context.Context, cursor string) (changes []Change, next string, err error) {
	err = guard(ctx, func() error {
		changes, next, err = c.inner.Changes(ctx, cursor)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if next == "" {
		return nil, "", fmt.Errorf("%w: changes without a next cursor", ErrContract)
	}
	for _, ch := range changes {
		if ch.ID == "" || ch.At.IsZero() {
			return nil, "", fmt.Errorf("%w: a change without an id or a time", ErrContract)
		}
	}
	return changes, next, nil
}

func (c *checked) Close() error { return c.inner.Close() }

// Report passes on what the adapter says of its last load.
func (c *checked) Report() Report {
	if r, ok := c.inner.(Reporter); ok {
		return r.Report()
	}
	return Report{}
}

// guard runs one call. A result that comes after the context ended is refused;
// a panic is an error without the panic's text, which may hold a child's data;
// an error that the contract does not name means that the source is unavailable.
func guard(ctx context.Context, call func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%w: the adapter panicked", ErrUnavailable)
		}
	}()
	if err := ctx.Err(); err != nil {
		return err
	}
	err = call()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, known := range []error{nil, ErrNotFound, ErrCriteria, ErrCursor, ErrUnavailable} {
		if errors.Is(err, known) {
			return err
		}
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
