//! post-service
