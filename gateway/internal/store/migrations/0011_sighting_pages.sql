-- What came, or was submitted, in pages by its time.
CREATE INDEX matters_at ON matters (kind, at, id);
