-- Events of changes, written in the transaction of the change. SQLite has one writer, so that the number is given there too.
CREATE TABLE outbox_head (
    epoch    TEXT   NOT NULL, -- a random word: another one means that the numbers began anew
    sequence BIGINT NOT NULL  -- the number of the last event; survives the events
);
INSERT INTO outbox_head (epoch, sequence) VALUES (lower(hex(randomblob(6))), 0);

CREATE TABLE outbox (
    sequence    INTEGER PRIMARY KEY, -- 1, 2, 3 … without gaps
    id          TEXT   NOT NULL,
    kind        TEXT   NOT NULL,     -- post.published
    subject     TEXT   NOT NULL,
    time        BIGINT NOT NULL,
    keys        TEXT   NOT NULL,     -- ids by which the event can be asked for, with spaces between
    data        TEXT   NOT NULL,     -- JSON
    traceparent TEXT,
    tracestate  TEXT
);
CREATE INDEX outbox_by_time ON outbox (time, sequence);

CREATE TABLE event_keys (
    key      TEXT   NOT NULL,
    sequence BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    PRIMARY KEY (key, sequence)
) WITHOUT ROWID;
CREATE INDEX event_keys_by_sequence ON event_keys (sequence);

ALTER TABLE idempotency ADD COLUMN position TEXT; -- X-Feed-Position of the stored answer
