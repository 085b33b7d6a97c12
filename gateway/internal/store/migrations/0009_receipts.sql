-- The proof that a holder owes for each answer that was received: that the leaf
-- which it signed is in its log. next is when it is looked for again, 0 once it is
-- here. path are the hashes of the proof, 32 bytes each; size names the checkpoint.
-- There is no reference to the decision: this outlives what is kept of it.
CREATE TABLE receipts (
  decision TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  theirs TEXT NOT NULL,
  leaf BYTES NOT NULL,
  at BIGINT NOT NULL,
  state TEXT NOT NULL,
  problem TEXT NOT NULL,
  next BIGINT NOT NULL,
  tries INTEGER NOT NULL,
  log_index BIGINT NOT NULL,
  size BIGINT NOT NULL,
  path BYTES
);
CREATE INDEX receipts_next ON receipts (next) WHERE next > 0;
CREATE INDEX receipts_at ON receipts (at);
CREATE INDEX receipts_state ON receipts (state, at) WHERE next > 0;

-- The signed checkpoints of other logs under which proofs were taken.
CREATE TABLE checkpoints (
  origin TEXT NOT NULL,
  size BIGINT NOT NULL,
  raw BYTES NOT NULL,
  PRIMARY KEY (origin, size)
) CLUSTERED;

-- The SHA-256 of the signed parts of the question and of the answer, by which two
-- ledgers are compared. They outlive what is kept of the messages.
ALTER TABLE exchanges ADD COLUMN question BYTES;
ALTER TABLE exchanges ADD COLUMN answer BYTES;
