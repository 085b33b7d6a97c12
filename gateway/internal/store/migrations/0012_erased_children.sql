-- The children that a decision is found by are erased with it, however they came there.
CREATE INDEX children_of_decision ON children (decision);
