-- Answers of commands that carried an idempotency key, kept for 24 hours.
CREATE TABLE idempotency (
    scope        TEXT   NOT NULL PRIMARY KEY, -- SHA-256 of caller, method, path and key, in hex
    request_hash TEXT   NOT NULL,             -- SHA-256 of the body, in hex
    status       BIGINT NOT NULL,             -- 0 until the transaction that holds it is about to commit
    location     TEXT,
    etag         TEXT,
    body         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
