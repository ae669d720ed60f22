-- Events of changes, written in the transaction of the change. Transactions that begin early may commit late: the number is
-- given after the commit (src/events/sequencer.rs), so that no reader ever sees a later number before an earlier one.
CREATE TABLE outbox_head (
    epoch    TEXT   NOT NULL, -- a random word: another one means that the numbers began anew
    sequence BIGINT NOT NULL  -- the number of the last event; survives the events. Its row lock serializes the numbering.
);
INSERT INTO outbox_head (epoch, sequence) VALUES (substr(replace(gen_random_uuid()::text, '-', ''), 1, 12), 0);

CREATE TABLE outbox (
    insertion   BIGSERIAL PRIMARY KEY,
    sequence    BIGINT UNIQUE,               -- 1, 2, 3 … without gaps; NULL until it is given
    id          TEXT   NOT NULL,
    kind        TEXT   NOT NULL,             -- post.published
    subject     TEXT   NOT NULL,
    time        BIGINT NOT NULL,
    keys        TEXT   NOT NULL,             -- ids by which the event can be asked for, with spaces between
    data        TEXT   NOT NULL,             -- JSON
    traceparent TEXT,
    tracestate  TEXT
);
CREATE INDEX outbox_without_number ON outbox (insertion) WHERE sequence IS NULL;
CREATE INDEX outbox_by_time ON outbox (time, sequence);

CREATE TABLE event_keys (
    key      TEXT   NOT NULL,
    sequence BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    PRIMARY KEY (key, sequence)
);
CREATE INDEX event_keys_by_sequence ON event_keys (sequence);

ALTER TABLE idempotency ADD COLUMN position TEXT; -- X-Feed-Position of the stored answer
