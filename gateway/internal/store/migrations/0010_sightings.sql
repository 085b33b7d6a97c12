-- What waits for one addressee, who may be away for days.
CREATE INDEX outbox_peer ON outbox (peer, due);

-- What one submitter sent, the newest first.
CREATE INDEX matters_participant ON matters (kind, participant, at);
