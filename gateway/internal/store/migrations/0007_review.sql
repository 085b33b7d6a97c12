-- What decisions are found by. A shape is all that many decisions have in common:
-- who asked whom, for what, and what the policy said of each field. It is stored
-- once, so that a decision pays for two short index entries and one for each child.
ALTER TABLE decisions ADD COLUMN shape BYTES;
CREATE INDEX decisions_at ON decisions (at, seq, shape);
CREATE INDEX decisions_shape ON decisions (shape, at, seq);

-- By the first half of the SHA-256 of what follows. said is NULL if no field was decided.
CREATE TABLE shapes (
  digest BYTES PRIMARY KEY,
  kind TEXT NOT NULL,
  requester TEXT NOT NULL,
  officer TEXT NOT NULL,
  role TEXT NOT NULL,
  holder TEXT NOT NULL,
  purpose TEXT NOT NULL,
  basis TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  glass INTEGER NOT NULL,
  said BYTES
) CLUSTERED;
CREATE INDEX shapes_requester ON shapes (requester);
CREATE INDEX shapes_officer ON shapes (officer);
CREATE INDEX shapes_holder ON shapes (holder);
CREATE INDEX shapes_said ON shapes (said);

-- The verdicts and exact reasons of each field in one list of verdicts.
CREATE TABLE said (
  path TEXT NOT NULL,
  reason TEXT NOT NULL,
  verdict TEXT NOT NULL,
  said BYTES NOT NULL,
  PRIMARY KEY (path, reason, verdict, said)
) CLUSTERED;
CREATE INDEX said_reason ON said (reason, verdict, said);

-- Whom decisions are about: keyed pseudonyms, never an id or a name.
CREATE TABLE children (
  child TEXT NOT NULL,
  decision TEXT NOT NULL,
  PRIMARY KEY (child, decision)
) CLUSTERED;

-- Decisions whose personal part was erased. decision recorded it; remains is the
-- SHA-256 of what the row says now, which that decision's content is bound to.
CREATE TABLE erased (
  id TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  under TEXT NOT NULL,
  decision TEXT NOT NULL,
  remains BYTES NOT NULL
);
CREATE INDEX erased_decision ON erased (decision);
