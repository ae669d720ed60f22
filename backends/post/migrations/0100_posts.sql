-- Times are epoch milliseconds. Counts are kept in the transaction of the change they count.
CREATE TABLE posts (
    id             TEXT   NOT NULL PRIMARY KEY,
    author_id      TEXT   NOT NULL,
    title          TEXT   NOT NULL,
    body           TEXT   NOT NULL,
    tags           TEXT   NOT NULL, -- in the author's order, with commas between; post_tags is their index
    price_amount   BIGINT,          -- minor units; NULL like the next two when the post sells nothing
    price_currency TEXT,            -- ISO 4217
    stock          BIGINT CHECK (stock >= 0),
    for_sale       BIGINT NOT NULL, -- 1 when there is an offer, else 0
    published_at   BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    version        BIGINT NOT NULL,
    comment_count  BIGINT NOT NULL CHECK (comment_count >= 0),
    like_count     BIGINT NOT NULL CHECK (like_count >= 0)
);
-- Every list is read along one of these; store/lists.rs says which.
CREATE INDEX posts_by_age ON posts (published_at, id);
CREATE INDEX posts_by_likes ON posts (like_count, id);
CREATE INDEX posts_by_author_and_age ON posts (author_id, published_at, id);
CREATE INDEX posts_by_author_and_likes ON posts (author_id, like_count, id);
CREATE INDEX posts_by_sale_and_age ON posts (for_sale, published_at, id);
CREATE INDEX posts_by_sale_and_likes ON posts (for_sale, like_count, id);

-- A row for each tag of each post, with a copy of what lists of a tag are sorted and filtered by.
CREATE TABLE post_tags (
    post_id      TEXT   NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    tag          TEXT   NOT NULL,
    published_at BIGINT NOT NULL,
    like_count   BIGINT NOT NULL,
    for_sale     BIGINT NOT NULL,
    PRIMARY KEY (post_id, tag)
);
CREATE INDEX post_tags_by_age ON post_tags (tag, published_at, post_id);
CREATE INDEX post_tags_by_likes ON post_tags (tag, like_count, post_id);
CREATE INDEX post_tags_by_sale_and_age ON post_tags (tag, for_sale, published_at, post_id);
CREATE INDEX post_tags_by_sale_and_likes ON post_tags (tag, for_sale, like_count, post_id);

-- Whoever has ever published. The authors themselves are the user service's.
CREATE TABLE authors (
    id         TEXT   NOT NULL PRIMARY KEY,
    post_count BIGINT NOT NULL CHECK (post_count >= 0)
);

CREATE TABLE comments (
    id         TEXT   NOT NULL PRIMARY KEY,
    post_id    TEXT   NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    author_id  TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX comments_by_post ON comments (post_id, created_at, id);

CREATE TABLE likes (
    post_id    TEXT   NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    user_id    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (post_id, user_id)
);
