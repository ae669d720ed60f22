-- Times are epoch milliseconds, money is minor units of the order's currency. Titles and prices are those of the moment
-- of placing. Ids of users and posts belong to other services: nothing here refers to their tables.
CREATE TABLE orders (
    id               TEXT   NOT NULL PRIMARY KEY,
    number           TEXT   NOT NULL UNIQUE,
    buyer_id         TEXT   NOT NULL,
    status           TEXT   NOT NULL, -- pending, confirmed, rejected, shipped, delivered, cancelled
    rejection_reason TEXT,
    currency         TEXT   NOT NULL, -- ISO 4217
    total            BIGINT NOT NULL,
    placed_at        BIGINT NOT NULL,
    version          BIGINT NOT NULL
);
CREATE INDEX orders_by_buyer ON orders (buyer_id, placed_at, id);

CREATE TABLE order_items (
    order_id   TEXT   NOT NULL REFERENCES orders (id),
    position   BIGINT NOT NULL, -- from 0, as the buyer listed them
    post_id    TEXT   NOT NULL,
    seller_id  TEXT   NOT NULL,
    title      TEXT   NOT NULL,
    quantity   BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    PRIMARY KEY (order_id, position)
);

-- Each status that an order had.
CREATE TABLE order_steps (
    order_id   TEXT   NOT NULL REFERENCES orders (id),
    version    BIGINT NOT NULL, -- the order's, from this step on
    status     TEXT   NOT NULL,
    reached_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, version)
);

-- Who sells something in an order: one row an order and seller, however many of the items are theirs.
CREATE TABLE sales (
    order_id  TEXT   NOT NULL REFERENCES orders (id),
    seller_id TEXT   NOT NULL,
    placed_at BIGINT NOT NULL, -- the order's
    PRIMARY KEY (order_id, seller_id)
);
CREATE INDEX sales_by_seller ON sales (seller_id, placed_at, order_id);
