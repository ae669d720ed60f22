# One build, a target per program: docker build --target tessera -t tessera .
# Targets: tessera, user-service, post-service, order-service. No demo data and no demo credentials in any of them.

FROM rust:1.95-bookworm AS build
WORKDIR /tessera
COPY Cargo.toml Cargo.lock schema.graphql ./
COPY contract contract
COPY backends backends
COPY playground playground
COPY src src
COPY tests tests
COPY fuzz fuzz
COPY benches benches
RUN cargo build --release --locked -p tessera --no-default-features --bin tessera \
 && cargo build --release --locked -p user-service --bin user-service \
 && cargo build --release --locked -p post-service --bin post-service \
 && cargo build --release --locked -p order-service --bin order-service

FROM debian:bookworm-slim AS runtime
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 tessera
USER 10001

FROM runtime AS user-service
COPY --from=build /tessera/target/release/user-service /usr/local/bin/user-service
EXPOSE 4001
ENTRYPOINT ["/usr/local/bin/user-service"]

FROM runtime AS post-service
COPY --from=build /tessera/target/release/post-service /usr/local/bin/post-service
EXPOSE 4002
ENTRYPOINT ["/usr/local/bin/post-service"]

FROM runtime AS order-service
COPY --from=build /tessera/target/release/order-service /usr/local/bin/order-service
EXPOSE 4003
ENTRYPOINT ["/usr/local/bin/order-service"]

FROM runtime AS tessera
WORKDIR /etc/tessera
COPY persisted-queries persisted-queries
COPY --from=build /tessera/target/release/tessera /usr/local/bin/tessera
EXPOSE 4000
ENTRYPOINT ["/usr/local/bin/tessera"]
CMD ["serve"]
