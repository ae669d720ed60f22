-- The tests' own service keeps notes.
CREATE TABLE notes (
    id         BIGINT NOT NULL PRIMARY KEY,
    text       TEXT   NOT NULL,
    version    BIGINT NOT NULL
);
