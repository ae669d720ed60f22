-- Keys that sign tokens (Ed25519). The last three by signs_from are the next, the current and the previous.
CREATE TABLE signing_keys (
    kid         TEXT   NOT NULL PRIMARY KEY,
    public_key  TEXT   NOT NULL, -- 32 bytes, base64url without padding: `x` of RFC 8037
    private_key TEXT   NOT NULL, -- PKCS #8, base64url without padding
    created_at  BIGINT NOT NULL,
    signs_from  BIGINT NOT NULL UNIQUE
);
