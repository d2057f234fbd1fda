-- Whether an entry was made for another, as a deputy or by delegation: what a list can be narrowed to.
ALTER TABLE trail_leaf ADD COLUMN standing BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX trail_leaf_standing ON trail_leaf (idx) WHERE standing;
