-- Who asked: the answer is collected by the same client, in the same role.
ALTER TABLE asked ADD COLUMN client TEXT NOT NULL DEFAULT '';
ALTER TABLE asked ADD COLUMN role TEXT NOT NULL DEFAULT '';

-- When the issuer took the link back; 0: it did not.
ALTER TABLE links ADD COLUMN revoked BIGINT NOT NULL DEFAULT 0;

-- For what is dropped by its age (prune.go).
CREATE INDEX asked_at ON asked (at);
CREATE INDEX pending_until ON pending (until);
CREATE INDEX links_revoked ON links (id) WHERE revoked <> 0;
