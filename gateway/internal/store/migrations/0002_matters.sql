-- What people decide or must do: go-aheads, approvals, reviews, holds, recalls,
-- obligations. One row a matter, as it stands; decision is the last that changed
-- it. due is 0 if there is none.
CREATE TABLE matters (
  id TEXT PRIMARY KEY,
  decision TEXT NOT NULL REFERENCES decisions (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  participant TEXT NOT NULL,
  subject TEXT NOT NULL,
  at BIGINT NOT NULL,
  due BIGINT NOT NULL,
  body BYTES
);
CREATE INDEX matters_subject ON matters (kind, subject);
CREATE INDEX matters_state ON matters (kind, state, due);
