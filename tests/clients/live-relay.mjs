// A Relay environment against Tessera: subscriptions over graphql-ws, by the ids that the compiler gave the documents. In: as in
// live.mjs, and the compiler's folder (`folder`). Out: why an unknown id was refused, then the posts.
import { createRequire } from 'node:module';

import relay from 'relay-runtime';

import { failed, overWebSocket, say, sayPost, sayRefused, variables, world } from './live.mjs';

const { Environment, Network, Observable, RecordSource, Store, requestSubscription } = relay;
const subscription = createRequire(`${world.folder}/`)('./__generated__/LivePostsSubscription.graphql.js');
const client = overWebSocket();

// The network, which an application writes itself. graphql-ws wants a text in every message.
function subscribe({ id: documentId, name: operationName }, variables) {
  return Observable.create((sink) => client.subscribe({ query: '', documentId, operationName, variables }, sink));
}

const network = Network.create(() => Promise.reject(new Error('nothing is fetched')), subscribe);
const environment = new Environment({ network, store: new Store(new RecordSource()) });

if (!world.isQuiet) await new Promise((resolve) => {
  subscribe({ id: 'unknown', name: null }, {}).subscribe({ error: (errors) => resolve(sayRefused(errors)) });
});
requestSubscription(environment, {
  subscription,
  variables,
  onNext: sayPost,
  onError: failed,
  onCompleted: () => say('ended'),
});
