// What `web/resume/graphql-sse.js` makes of streams that end. In: nothing. Out: nothing, or what is not as it should be. The server
// is written out here: a stream for each connection, then a refusal.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { createClient } from 'graphql-sse';

import { createResumingClient } from '../../web/resume/graphql-sse.js';

const message = (cursor, number) => `id: ${cursor}\nevent: next\ndata: ${JSON.stringify({ data: { number } })}\n\n`;
const RETRY = 'retry: 1\n\n';

// What is sent on each connection.
const streams = [
  // The end right behind a message: graphql-sse by itself would wait for ever.
  `id: a\n\n${message('b', 1)}${RETRY}`,
  // Half a message does not count.
  `id: b\n\n${message('c', 2)}${RETRY}${message('d', 3).slice(0, -1)}`,
  // The cursor of a heartbeat counts, in whatever pieces it comes.
  `${message('d', 3)}: behind post=0ms\nid: e\n\n${RETRY}`,
  // Nothing at all: it goes on where it was.
  RETRY,
];
const asked = [];
const server = createServer(async (request, response) => {
  asked.push(request.headers['last-event-id']);
  const text = streams.shift();
  if (text === undefined) return void response.writeHead(401).end();
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-stream-cursor': 'a' });
  for (let at = 0; at < text.length; at += 7) response.write(text.slice(at, at + 7));
  response.end();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const client = createResumingClient(createClient, { url: `http://127.0.0.1:${server.address().port}` });
const numbers = [];
await assert.rejects(async () => {
  for await (const { data } of client.iterate({ query: 'subscription { number }' })) numbers.push(data.number);
}, /the server responded with 401/);
assert.deepEqual(numbers, [1, 2, 3]);
assert.deepEqual(asked, [undefined, 'b', 'c', 'e', 'e']);
process.exit();
