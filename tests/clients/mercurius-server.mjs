// A server of `benches/compose/`: the operations of the benchmark on stock Mercurius with its JIT, and its loaders, in front of the
// same stub services. In: a port, the API key, and the addresses of user, post and order service. It has no limits and no log, and
// does for an answer only what it needs.
import Fastify from "fastify";
import { createRemoteJWKSet, jwtVerify } from "jose";
import mercurius from "mercurius";
import { Pool } from "undici";

const [port, apiKey, ...urls] = process.argv.slice(2);
const [user, post, order] = urls.map((url) => new Pool(url, { connections: 64 }));
const keySet = createRemoteJWKSet(new URL("/.well-known/jwks.json", urls[0]));

const schema = `
  type Query { posts(first: Int!): PostConnection users(first: Int!): UserConnection viewer: User }
  type PostConnection { nodes: [Post!]! }
  type UserConnection { nodes: [User!]! }
  type OrderConnection { nodes: [Order!]! }
  type Post { id: ID! title: String! publishedAt: String! author: User }
  type User { id: ID! handle: String! name: String! posts(first: Int!): PostConnection orders(first: Int!): OrderConnection }
  type Order { id: ID! number: String! status: OrderStatus! placedAt: String! items: [OrderItem!]! }
  type OrderItem { title: String! quantity: Int! post: Post }
  enum OrderStatus { PENDING CONFIRMED REJECTED SHIPPED DELIVERED CANCELLED }
`;

async function get(service, path, authorization) {
  const headers = { "x-api-key": apiKey, ...(authorization && { authorization }) };
  const { statusCode, body } = await service.request({ method: "GET", path, headers });
  if (statusCode !== 200) throw new Error(`a service answered ${statusCode}`);
  return body.json();
}

/** Records by id: one call for the level, each id once. */
async function byIds(service, path, ids) {
  const { items } = await get(service, `${path}?ids=${[...new Set(ids)].join(",")}`);
  const found = new Map(items.map((item) => [item.id, item]));
  return ids.map((id) => found.get(id) ?? null);
}

const resolvers = {
  Query: {
    posts: async (_, { first }) => ({ nodes: (await get(post, `/v1/posts?first=${first}&order=newest`)).items }),
    users: async (_, { first }) => ({ nodes: (await get(user, `/v1/users?first=${first}`)).items }),
    viewer: async (_, __, { viewer }) => viewer && (await byIds(user, "/v1/users", [viewer.sub]))[0],
  },
  Post: { publishedAt: ({ published_at }) => published_at },
  Order: { placedAt: ({ placed_at }) => placed_at, status: ({ status }) => status.toUpperCase() },
};

/** A page for each object of the level, which all ask with the same arguments. */
async function pages(service, path, queries, authorization) {
  const ids = queries.map(({ obj }) => obj.id).join(",");
  const answer = await get(service, `${path}=${ids}&first=${queries[0].params.first}`, authorization);
  return queries.map(({ obj }) => ({ nodes: answer.pages[obj.id].items }));
}

const loaders = {
  Post: { author: (queries) => byIds(user, "/v1/users", queries.map(({ obj }) => obj.author_id)) },
  User: {
    posts: (queries) => pages(post, "/v1/posts/by-author?author_ids", queries),
    orders: (queries, { authorization }) => pages(order, "/v1/orders/by-buyer?buyer_ids", queries, authorization),
  },
  OrderItem: { post: (queries) => byIds(post, "/v1/posts", queries.map(({ obj }) => obj.post_id)) },
};

async function context({ headers: { authorization } }) {
  if (!authorization) return {};
  const token = authorization.slice("Bearer ".length);
  const { payload } = await jwtVerify(token, keySet, { issuer: "tessera", audience: "tessera" });
  return { viewer: payload, authorization };
}

const app = Fastify();
app.register(mercurius, { schema, resolvers, loaders, context, jit: 1 });
await app.listen({ host: "127.0.0.1", port: Number(port) });
