// Apollo Client against Tessera: subscriptions over graphql-ws, graphql-sse, or multipart responses. In: as in live.mjs. Out: why
// a bad document was refused, then the posts.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, Observable, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { print } from 'graphql';

import { createResumingLink } from '../../web/resume/apollo-multipart.js';
import { POSTS, UNKNOWN_FIELD, failed, overSse, overWebSocket, say, sayPost, sayRefused, variables, world } from './live.mjs';

function multipart() {
  const http = new HttpLink({
    uri: world.http,
    fetch: async (...request) => {
      const response = await fetch(...request);
      say('connected');
      return response;
    },
  });
  return world.resumes ? ApolloLink.from([createResumingLink({ ApolloLink, Observable }), http]) : http;
}

// As the documents of graphql-sse show it.
function serverSentEvents() {
  const client = overSse();
  return new ApolloLink(({ query, variables, operationName, extensions }) => new Observable((observer) =>
    client.subscribe({ query: print(query), variables, operationName, extensions }, {
      next: (result) => observer.next(result),
      error: (error) => observer.error(error),
      complete: () => observer.complete(),
    })));
}

const links = { ws: () => new GraphQLWsLink(overWebSocket()), sse: serverSentEvents, multipart };
const apollo = new ApolloClient({ link: links[world.over](), cache: new InMemoryCache() });

if (!world.isQuiet) await new Promise((resolve) => {
  const refused = (error) => resolve(sayRefused(CombinedGraphQLErrors.is(error) ? error.errors : error));
  apollo.subscribe({ query: gql(UNKNOWN_FIELD) }).subscribe({ next: ({ error }) => refused(error), error: refused });
});
apollo.subscribe({ query: gql(POSTS), variables, fetchPolicy: 'no-cache' }).subscribe({
  next: ({ data, error }) => (error ? failed(error) : sayPost(data)),
  error: failed,
  complete: () => say('ended'),
});
