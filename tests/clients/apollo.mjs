// Apollo Client against Tessera. In: one argument of JSON: the URLs of a BFF that registers documents (`automatic`), of one
// that has the manifest of Apollo's own tool (`manifest`), of one that has the files it was made from (`files`); the
// manifest's path; who asks (`token`, `viewer`) and what is bought (`input`). Out: nothing, or what is not as it should be.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { generatePersistedQueryIdsFromManifest } from '@apollo/persisted-query-lists';

import { Wire, sha256 } from './wire.mjs';

const world = JSON.parse(process.argv[2]);
const manifest = JSON.parse(readFileSync(world.path, 'utf8'));
const wire = new Wire();

// A document of the application, and the hash of what Apollo Client makes of it.
function operation(name) {
  const document = gql(readFileSync(`persisted-queries/web/${name}.graphql`, 'utf8'));
  return { document, hash: manifest.operations.find((operation) => operation.name === name).id };
}

const [feed, profile, orders, checkout] = ['HomeFeed', 'Profile', 'MyOrders', 'Checkout'].map(operation);

// Nothing is answered from the cache.
function client(uri, links, headers = {}) {
  const link = ApolloLink.from([...links, new HttpLink({ uri, headers, fetch: wire.fetch })]);
  const defaultOptions = { query: { fetchPolicy: 'network-only' } };
  return new ApolloClient({ link, cache: new InMemoryCache(), defaultOptions });
}

const signedIn = { authorization: `Bearer ${world.token}` };
const fails = (code) => ({ errors }) => errors?.[0].extensions.code === code;

async function seesPosts(apollo) {
  const { data } = await apollo.query({ query: feed.document, variables: { first: 2 } });
  assert.equal(data.posts.nodes.length, 2);
}

async function sees(apollo, viewer) {
  const { data } = await apollo.query({ query: orders.document, variables: { first: 1 } });
  assert.equal(data.viewer?.id, viewer);
}

async function buys(apollo) {
  const { data } = await apollo.mutate({ mutation: checkout.document, variables: { input: world.input } });
  assert.deepEqual(data.placeOrder.userErrors, []);
  assert.equal(data.placeOrder.order.status, 'PENDING');
}

// Automatic persisted queries over GET.
{
  const links = [new PersistedQueryLink({ sha256, useGETForHashedQueries: true })];
  const [nobody, viewer] = [client(world.automatic, links), client(world.automatic, links, signedIn)];
  await seesPosts(nobody);
  wire.expect(`GET hash ${feed.hash} 400 PersistedQueryNotFound`, `POST text ${feed.hash} hash ${feed.hash} 200`);
  await seesPosts(nobody);
  wire.expect(`GET hash ${feed.hash} 200`);

  await sees(viewer, world.viewer);
  wire.expect(`GET hash ${orders.hash} 400 PersistedQueryNotFound`, `POST text ${orders.hash} hash ${orders.hash} 200`);
  await sees(viewer, world.viewer);
  await sees(nobody, undefined);
  wire.expect(`GET hash ${orders.hash} 200`, `GET hash ${orders.hash} 200`);

  await buys(viewer);
  wire.expect(`POST hash ${checkout.hash} 400 PersistedQueryNotFound`, `POST text ${checkout.hash} hash ${checkout.hash} 200`);
  await buys(viewer);
  await assert.rejects(buys(nobody), fails('UNAUTHENTICATED'));
  wire.expect(`POST hash ${checkout.hash} 200`, `POST hash ${checkout.hash} 401 UNAUTHENTICATED`);

  const older = client(world.automatic, links, { accept: 'application/json' });
  const { data } = await older.query({ query: profile.document, variables: { handle: 'nobody' } });
  assert.equal(data.user, null);
  wire.expect(`GET hash ${profile.hash} 200 PersistedQueryNotFound`, `POST text ${profile.hash} hash ${profile.hash} 200`);
}

// The manifest's ids, and never a text.
for (const uri of [world.manifest, world.files]) {
  const ids = generatePersistedQueryIdsFromManifest({ loadManifest: async () => manifest });
  const links = [new PersistedQueryLink({ ...ids, useGETForHashedQueries: true })];
  const [nobody, viewer] = [client(uri, links), client(uri, links, signedIn)];
  await seesPosts(nobody);
  await sees(viewer, world.viewer);
  await sees(nobody, undefined);
  wire.expect(`GET hash ${feed.hash} 200`, `GET hash ${orders.hash} 200`, `GET hash ${orders.hash} 200`);
  await buys(viewer);
  await assert.rejects(buys(nobody), fails('UNAUTHENTICATED'));
  wire.expect(`POST hash ${checkout.hash} 200`, `POST hash ${checkout.hash} 401 UNAUTHENTICATED`);
}

// Its texts, which have more in them than the files (`__typename`): trusted all the same. No others are.
{
  const viewer = client(world.files, [], signedIn);
  await seesPosts(viewer);
  await sees(viewer, world.viewer);
  await buys(viewer);
  wire.expect(`POST text ${feed.hash} 200`, `POST text ${orders.hash} 200`, `POST text ${checkout.hash} 200`);
  const query = gql`query Other { viewer { id } }`;
  await assert.rejects(viewer.query({ query }), fails('PERSISTED_QUERY_REQUIRED'));
}
