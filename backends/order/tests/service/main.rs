//! The order service over real sockets and a real database: SQLite, or PostgreSQL when TESSERA_TEST_POSTGRES names a server.
