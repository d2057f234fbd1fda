-- The record (証跡). trail_leaf holds the entries as they are hashed, with the columns that lists search by.
-- On SQLite a key called INTEGER is the row's own number: no second tree, and every index ends in it by itself.
CREATE TABLE trail_leaf (
-- only sqlite
    idx INTEGER PRIMARY KEY,
-- only postgresql
    idx BIGINT PRIMARY KEY,
-- both
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    result TEXT NOT NULL,
    mac TEXT NOT NULL,
-- only postgresql
    ticket BIGINT NOT NULL,
-- both
    bytes BYTEA NOT NULL
);
-- only sqlite
CREATE INDEX trail_leaf_subject ON trail_leaf (subject);
CREATE INDEX trail_leaf_actor ON trail_leaf (actor);
-- only postgresql
CREATE INDEX trail_leaf_subject ON trail_leaf (subject, idx);
CREATE INDEX trail_leaf_actor ON trail_leaf (actor, idx);
-- both
CREATE INDEX trail_leaf_at ON trail_leaf (at);

-- One row for each tile of 256 hashes: id is level * 2^48 + number. The last of a level grows.
CREATE TABLE trail_tile (
-- only sqlite
    id INTEGER PRIMARY KEY,
-- only postgresql
    id BIGINT PRIMARY KEY,
-- both
    hashes BYTEA NOT NULL
);

-- One row: how far the tree goes, and whose keys sign and seal it.
CREATE TABLE trail_head (
    id BIGINT PRIMARY KEY,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    signer TEXT NOT NULL,
    sealer TEXT NOT NULL
);

-- Keys of subjects, wrapped by the municipality's key, and what is sealed with them.
CREATE TABLE trail_key (
    subject TEXT PRIMARY KEY,
    wrapped BYTEA NOT NULL
);
CREATE TABLE trail_seal (
    mac TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    payload BYTEA NOT NULL
);
CREATE INDEX trail_seal_subject ON trail_seal (subject);

-- only postgresql
-- Entries whose act is committed and that have no number yet. A later act has a later ticket.
CREATE SEQUENCE trail_ticket;
CREATE TABLE trail_outbox (
    ticket BIGINT PRIMARY KEY DEFAULT nextval('trail_ticket'),
    bytes BYTEA NOT NULL
);
CREATE INDEX trail_leaf_ticket ON trail_leaf (ticket);
-- both
