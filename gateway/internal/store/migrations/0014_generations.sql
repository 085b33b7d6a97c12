-- Under which origin's checkpoint a receipt is: '' for the first generation of its
-- holder's log, as all were before there were others.
ALTER TABLE receipts ADD COLUMN origin TEXT NOT NULL DEFAULT '';
