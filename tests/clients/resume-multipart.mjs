// What `web/resume/apollo-multipart.js` makes of streams that end. In: nothing. Out: nothing, or what is not as it should be. The
// server is written out here: a response for each connection.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable, gql } from '@apollo/client';

import { createResumingLink } from '../../web/resume/apollo-multipart.js';

const part = (body) => `\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}\r\n--graphql`;
const message = (cursor, number) => part({ payload: { data: { number }, extensions: { cursor } } });
const end = (code, resumeFrom) => `${part({ payload: null, errors: [{ message: 'the end', extensions: { code, resumeFrom } }] })}--\r\n`;
const BEGIN = `\r\n--graphql${part({})}`;
const refusal = (status, code) => ({ status, body: JSON.stringify({ errors: [{ message: 'refused', extensions: { code } }] }) });

const responses = [
  // Cut before the first message: the header says where it began.
  BEGIN,
  // Full for a moment.
  refusal(503, 'OVERLOADED'),
  `${BEGIN}${message('b', 1)}${end('STREAM_ENDED', 'c')}`,
  // Half a message does not count.
  `${BEGIN}${message('d', 2)}${message('e', 3).slice(0, -9)}`,
  `${BEGIN}${message('e', 3)}${end('UNAUTHENTICATED', 'f')}`,
  // What another attempt would not mend.
  `${BEGIN}${end('CURSOR_EXPIRED', 'f')}`,
];
const asked = [];
const server = createServer((request, response) => {
  asked.push([request.headers.authorization, request.headers['last-event-id']]);
  const next = responses.shift() ?? refusal(401, 'UNAUTHENTICATED');
  if (next.status) {
    return void response.writeHead(next.status, { 'content-type': 'application/graphql-response+json' }).end(next.body);
  }
  const contentType = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0';
  response.writeHead(200, { 'content-type': contentType, 'x-stream-cursor': 'a' });
  response.end(next);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

// A link that adds a token, another each time.
let token = 0;
const authorization = new ApolloLink((operation, forward) => {
  operation.setContext(({ headers }) => ({ headers: { ...headers, authorization: `Bearer ${(token += 1)}` } }));
  return forward(operation);
});
const http = new HttpLink({ uri: `http://127.0.0.1:${server.address().port}` });
const link = ApolloLink.from([createResumingLink({ ApolloLink, Observable }), authorization, http]);
const apollo = new ApolloClient({ link, cache: new InMemoryCache() });

// The numbers of a subscription, and the code of the error at its end.
function follow() {
  const [numbers, codes] = [[], []];
  const failed = (error) => codes.push(error.errors?.[0].extensions.code ?? String(error));
  return new Promise((resolve) => {
    apollo.subscribe({ query: gql('subscription { number }'), fetchPolicy: 'no-cache' }).subscribe({
      next: ({ data, error }) => (error ? failed(error) : numbers.push(data.number)),
      error: (error) => resolve({ numbers, codes, error }),
      complete: () => resolve({ numbers, codes }),
    });
  });
}

assert.deepEqual(await follow(), { numbers: [1, 2, 3], codes: ['CURSOR_EXPIRED'] });
const cursors = [undefined, 'a', 'a', 'c', 'd', 'f'];
assert.deepEqual(asked.splice(0), cursors.map((cursor, index) => [`Bearer ${index + 1}`, cursor]));
assert.deepEqual(await follow(), { numbers: [], codes: ['UNAUTHENTICATED'] });
assert.equal(asked.length, 1);
process.exit();
