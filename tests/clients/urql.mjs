// urql against Tessera. In: one argument of JSON: the URLs of a BFF that registers documents (`automatic`) and of one that
// has those of the application (`files`), who asks (`token`, `viewer`), and what is bought (`input`). Out: nothing, or what
// is not as it should be.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { Client, fetchExchange, gql, stringifyDocument } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';

import { Wire, sha256 } from './wire.mjs';

const world = JSON.parse(process.argv[2]);
const wire = new Wire();

// A document of the application, its id, and the hash of what urql makes of it.
function operation(name) {
  const text = readFileSync(`persisted-queries/web/${name}.graphql`, 'utf8');
  const document = gql(text);
  return { document, id: sha256(text), hash: sha256(stringifyDocument(document)) };
}

const [feed, orders, checkout] = ['HomeFeed', 'MyOrders', 'Checkout'].map(operation);
const signedIn = { headers: { authorization: `Bearer ${world.token}` } };

function client(url, persisted, fetchOptions = {}) {
  return new Client({ url, fetchOptions, fetch: wire.fetch, exchanges: [...persisted, fetchExchange] });
}

async function seesPosts(urql, document = feed.document) {
  const { data, error } = await urql.query(document, { first: 2 });
  assert.equal(data?.posts.nodes.length, 2, error);
}

async function sees(urql, viewer, document = orders.document) {
  const { data, error } = await urql.query(document, { first: 1 });
  assert.ifError(error);
  assert.equal(data.viewer?.id, viewer);
}

async function buys(urql, document = checkout.document) {
  const { data, error } = await urql.mutation(document, { input: world.input });
  assert.ifError(error);
  assert.deepEqual(data.placeOrder.userErrors, []);
  assert.equal(data.placeOrder.order.status, 'PENDING');
}

async function mayNotBuy(urql, document = checkout.document) {
  const { error } = await urql.mutation(document, { input: world.input });
  assert.equal(error?.graphQLErrors[0]?.extensions.code, 'UNAUTHENTICATED', error);
}

// Automatic persisted queries: what is unknown is registered by GET, too.
{
  const persisted = [persistedExchange({ preferGetForPersistedQueries: true, enableForMutation: true })];
  const [nobody, viewer] = [client(world.automatic, persisted), client(world.automatic, persisted, signedIn)];
  await seesPosts(nobody);
  wire.expect(`GET hash ${feed.hash} 400 PersistedQueryNotFound`, `GET text ${feed.hash} hash ${feed.hash} 200`);
  await seesPosts(nobody);
  wire.expect(`GET hash ${feed.hash} 200`);

  await sees(viewer, world.viewer);
  wire.expect(`GET hash ${orders.hash} 400 PersistedQueryNotFound`, `GET text ${orders.hash} hash ${orders.hash} 200`);
  await sees(viewer, world.viewer);
  await sees(nobody, undefined);
  wire.expect(`GET hash ${orders.hash} 200`, `GET hash ${orders.hash} 200`);

  await buys(viewer);
  wire.expect(`POST hash ${checkout.hash} 400 PersistedQueryNotFound`, `POST text ${checkout.hash} hash ${checkout.hash} 200`);
  await buys(viewer);
  await mayNotBuy(nobody);
  wire.expect(`POST hash ${checkout.hash} 200`, `POST hash ${checkout.hash} 401 UNAUTHENTICATED`);
}

// Ids of the application's files, and never a text: as `persistedQuery` …
{
  const ids = new Map([feed, orders, checkout].map(({ document, id }) => [document.definitions[0].name.value, id]));
  const persisted = [
    persistedExchange({
      preferGetForPersistedQueries: true,
      enforcePersistedQueries: true,
      enableForMutation: true,
      generateHash: async (_, document) => ids.get(document.definitions[0].name.value),
    }),
  ];
  const [nobody, viewer] = [client(world.files, persisted), client(world.files, persisted, signedIn)];
  await seesPosts(nobody);
  await sees(viewer, world.viewer);
  await sees(nobody, undefined);
  wire.expect(`GET hash ${feed.id} 200`, `GET hash ${orders.id} 200`, `GET hash ${orders.id} 200`);
  await buys(viewer);
  await mayNotBuy(nobody);
  wire.expect(`POST hash ${checkout.id} 200`, `POST hash ${checkout.id} 401 UNAUTHENTICATED`);
}

// … and as `documentId`; in development urql wants to see what is in a document.
{
  process.env.NODE_ENV = 'production';
  const [nobody, viewer] = [client(world.files, []), client(world.files, [], signedIn)];
  const byId = ({ id }) => ({ kind: 'Document', definitions: [], documentId: `sha256:${id}` });
  await seesPosts(nobody, byId(feed));
  await sees(viewer, world.viewer, byId(orders));
  await sees(nobody, undefined, byId(orders));
  wire.expect(`GET id sha256:${feed.id} 200`, `GET id sha256:${orders.id} 200`, `GET id sha256:${orders.id} 200`);
  await buys(viewer, byId(checkout));
  await mayNotBuy(nobody, byId(checkout));
  wire.expect(`POST id sha256:${checkout.id} 200`, `POST id sha256:${checkout.id} 401 UNAUTHENTICATED`);
}
