// What GraphiQL fetches with. In: an operation, and the headers editor's headers. Out: the answer of a query or mutation; of a
// subscription its messages, over a WebSocket of its own, which ends with it.
import { getOperationAST } from 'graphql';
import { createClient } from 'graphql-ws';
import { ask } from './ask.js';

export function fetcher(operation, { headers, documentAST } = {}) {
  const { operationName } = operation;
  const kind = documentAST && getOperationAST(documentAST, operationName)?.operation;
  return kind === 'subscription' ? subscribe(operation, headers) : ask(operation, { headers });
}

function subscribe({ query, variables, operationName }, headers = {}) {
  const url = new URL('/graphql', window.location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  // A handshake has no headers of the page's own: the token goes with the first message.
  const [, authorization] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  const client = createClient({ url: url.href, connectionParams: { authorization }, shouldRetry: () => true });
  return client.iterate({ query, variables, operationName });
}
