-- Times are epoch milliseconds. Counts are kept in the transaction of the change they count.
CREATE TABLE users (
    id              TEXT   NOT NULL PRIMARY KEY,
    handle          TEXT   NOT NULL,
    handle_key      TEXT   NOT NULL UNIQUE, -- the handle in lower case
    name            TEXT   NOT NULL,
    email           TEXT   NOT NULL,
    email_key       TEXT   NOT NULL UNIQUE, -- the e-mail address in lower case
    password_hash   TEXT   NOT NULL,        -- argon2id, PHC string format
    role            TEXT   NOT NULL,        -- member, admin
    avatar_url      TEXT,
    bio             TEXT,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    follower_count  BIGINT NOT NULL,
    following_count BIGINT NOT NULL
);
CREATE INDEX users_by_age ON users (created_at, id);

CREATE TABLE follows (
    follower_id TEXT   NOT NULL REFERENCES users (id),
    followed_id TEXT   NOT NULL REFERENCES users (id),
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (follower_id, followed_id)
);
CREATE INDEX follows_by_follower ON follows (follower_id, created_at, followed_id);
CREATE INDEX follows_by_followed ON follows (followed_id, created_at, follower_id);
