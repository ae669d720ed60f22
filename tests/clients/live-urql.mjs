// urql against Tessera: subscriptions over graphql-ws, graphql-sse, or urql's own reader of Server-Sent Events (`fetch`). In: as in
// live.mjs. Out: why a bad document was refused, then the posts.
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';

import { POSTS, UNKNOWN_FIELD, failed, overSse, overWebSocket, sayPost, sayRefused, variables, world } from './live.mjs';

// As the documents of urql show it.
function forwarding(client) {
  return subscriptionExchange({
    forwardSubscription: (request) => ({
      subscribe: (sink) => ({ unsubscribe: client.subscribe({ ...request, query: request.query ?? '' }, sink) }),
    }),
  });
}

const exchanges = { ws: () => [forwarding(overWebSocket())], sse: () => [forwarding(overSse())], fetch: () => [fetchExchange] };
const urql = new Client({ url: world.http, exchanges: exchanges[world.over](), fetchSubscriptions: world.over === 'fetch' });

if (!world.isQuiet) await new Promise((resolve) => {
  urql.subscription(UNKNOWN_FIELD, {}).subscribe(({ error }) => {
    if (error) resolve(sayRefused(error.graphQLErrors));
  });
});
urql.subscription(POSTS, variables).subscribe(({ data, error }) => (error ? failed(error) : sayPost(data)));
