-- owner is the participant whose ledger this is: the first that opened it. Two in one
-- database would mix what they decided and whom they told.
ALTER TABLE clock ADD COLUMN owner TEXT NOT NULL DEFAULT '';
