// A Relay environment against Tessera. In: one argument of JSON: the URL of a BFF that has the compiler's map of documents
// (`url`), the compiler's folder (`folder`), who asks (`token`, `viewer`) and what is bought (`input`). Out: nothing, or what
// is not as it should be.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

import relay from 'relay-runtime';

import { Wire } from './wire.mjs';

const { Environment, Network, RecordSource, Store, commitMutation, fetchQuery } = relay;
const world = JSON.parse(process.argv[2]);
const wire = new Wire();
const load = createRequire(`${world.folder}/`);
const artifacts = ['FeedQuery', 'OrdersQuery', 'CheckoutMutation'].map((name) => load(`./__generated__/Shop${name}.graphql.js`));
const [feed, orders, checkout] = artifacts;
for (const { params } of artifacts) assert.match(params.id, /^[0-9a-f]{32}$/);

// The network, which an application writes itself: queries by GET, and of every document its id alone.
function environment(headers = {}) {
  async function send({ id: documentId, operationKind }, variables) {
    const search = new URLSearchParams({ documentId, variables: JSON.stringify(variables) });
    const body = JSON.stringify({ documentId, variables });
    const post = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
    const sent = operationKind === 'query' ? wire.fetch(`${world.url}?${search}`, { headers }) : wire.fetch(world.url, post);
    return (await sent).json();
  }
  return new Environment({ network: Network.create(send), store: new Store(new RecordSource()) });
}

const query = (environment, document, variables) => fetchQuery(environment, document, variables).toPromise();

function buy(environment) {
  return new Promise((onCompleted, onError) => {
    commitMutation(environment, { mutation: checkout, variables: { input: world.input }, onCompleted, onError });
  });
}

const [nobody, viewer] = [environment(), environment({ authorization: `Bearer ${world.token}` })];

const { posts } = await query(nobody, feed, { first: 2 });
assert.equal(posts.edges.length, 2);
assert.equal(typeof posts.edges[0].node.author.name, 'string');
wire.expect(`GET id ${feed.params.id} 200`);

assert.equal((await query(viewer, orders, { first: 1 })).viewer.id, world.viewer);
assert.equal((await query(nobody, orders, { first: 1 })).viewer, null);
wire.expect(`GET id ${orders.params.id} 200`, `GET id ${orders.params.id} 200`);

const { placeOrder } = await buy(viewer);
assert.deepEqual(placeOrder.userErrors, []);
assert.equal(placeOrder.order.status, 'PENDING');
await assert.rejects(buy(nobody), /sign in to do this/);
wire.expect(`POST id ${checkout.params.id} 200`, `POST id ${checkout.params.id} 401 UNAUTHENTICATED`);
