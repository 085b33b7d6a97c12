-- Where a decision is in the transparency log. A table of its own, so that no
-- stored decision changes.
CREATE TABLE logged (
  seq BIGINT PRIMARY KEY,
  log_index BIGINT NOT NULL UNIQUE
);

-- Checkpoints that are remembered: of this gateway's log, and of others'.
CREATE TABLE heads (
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,
  size BIGINT NOT NULL,
  root BYTES NOT NULL,
  raw BYTES NOT NULL,
  PRIMARY KEY (kind, origin)
);
