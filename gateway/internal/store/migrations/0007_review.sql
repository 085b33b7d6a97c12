-- What decisions are found by: who asked whom, and for what with what outcome and
-- which verdict on each field. Many decisions have each of the two in common, so
-- they are stored once, and a decision pays for three short index entries and one
-- for each child.
ALTER TABLE decisions ADD COLUMN who BYTES;
ALTER TABLE decisions ADD COLUMN what BYTES;
CREATE INDEX decisions_at ON decisions (at, seq, who, what);
CREATE INDEX decisions_who ON decisions (who, at, seq, what);
CREATE INDEX decisions_what ON decisions (what, at, seq, who);

-- By the first half of the SHA-256 of the other columns.
CREATE TABLE who (
  digest BYTES PRIMARY KEY,
  requester TEXT NOT NULL,
  officer TEXT NOT NULL,
  role TEXT NOT NULL,
  holder TEXT NOT NULL
) CLUSTERED;
CREATE INDEX who_requester ON who (requester);
CREATE INDEX who_officer ON who (officer);
CREATE INDEX who_holder ON who (holder);

-- The same; said is NULL if no field was decided.
CREATE TABLE what (
  digest BYTES PRIMARY KEY,
  kind TEXT NOT NULL,
  purpose TEXT NOT NULL,
  basis TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  glass INTEGER NOT NULL,
  said BYTES
) CLUSTERED;
CREATE INDEX what_said ON what (said);

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

-- What goes with a decision is erased with it.
CREATE INDEX hits_decision ON hits (decision);
CREATE INDEX asked_decision ON asked (decision);
CREATE INDEX pending_decision ON pending (decision);
