-- The child that was asked for, keyed: what comes later belongs to it too.
ALTER TABLE asked ADD COLUMN subject TEXT NOT NULL DEFAULT '';
