-- A session is a family of refresh tokens, each good for one refresh. Tokens themselves are not stored, only their hashes.
CREATE TABLE sessions (
    id         TEXT   NOT NULL PRIMARY KEY, -- `sid` of its access tokens
    user_id    TEXT   NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL              -- moved on by each refresh
);
CREATE INDEX sessions_by_user ON sessions (user_id, created_at, id);

CREATE TABLE refresh_tokens (
    hash       TEXT   NOT NULL PRIMARY KEY, -- SHA-256 of the token, in hex
    session_id TEXT   NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number     BIGINT NOT NULL,             -- its place in the family
    spent_at   BIGINT,                      -- NULL while it is good
    salt       TEXT                         -- with the spent token itself, makes its successor
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id, number);
