-- standing is the version of the matters on which every answer depends.
ALTER TABLE clock ADD COLUMN standing BIGINT NOT NULL DEFAULT 1;
