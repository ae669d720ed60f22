// What `web/resume/graphql-ws.js` makes of the server's pings. In: nothing. Out: nothing, or what is not as it should be. The server
// is written out here, so that each message comes when it should: acknowledges, pings with positions, cuts the connection.
import assert from 'node:assert/strict';
import { once } from 'node:events';

import { createClient } from 'graphql-ws';
import WebSocket, { WebSocketServer } from 'ws';

import { createResumingClient } from '../../web/resume/graphql-ws.js';
import { furthest } from '../../web/resume/position.js';

const at = (...places) => Buffer.from(places.join(',')).toString('base64url');

assert.equal(furthest(undefined, at('post:a:1')), at('post:a:1'));
assert.equal(furthest(at('post:a:4'), at('user:b:1', 'post:a:7')), at('post:a:7'));
assert.equal(furthest(at('post:a:9'), at('user:b:1', 'post:a:7')), at('post:a:9'), 'another subscription is further back');
assert.equal(furthest(at('user:b:5', 'post:a:4'), at('user:b:1', 'post:a:7')), at('user:b:5', 'post:a:7'));
assert.equal(furthest(at('post:a:4'), at('post:z:7')), at('post:a:4'), 'of another epoch');
assert.equal(furthest(at('post:a:4'), 'ä'), at('post:a:4'));
assert.equal(furthest('opaque', at('post:a:7')), 'opaque');

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
await once(server, 'listening');
const url = `ws://127.0.0.1:${server.address().port}`;
const options = { url, webSocketImpl: WebSocket, retryWait: async () => {} };
const client = createResumingClient(createClient, options);

// The messages of one connection.
async function connection() {
  const [socket] = await once(server, 'connection');
  const [messages, waiting] = [[], []];
  socket.on('message', (data) => {
    messages.push(JSON.parse(data));
    waiting.splice(0).forEach((wake) => wake());
  });
  const receive = async (type) => {
    for (;;) {
      const index = messages.findIndex((message) => message.type === type);
      if (index >= 0) return messages.splice(index, 1)[0];
      await new Promise((resolve) => waiting.push(resolve));
    }
  };
  const send = (message) => socket.send(JSON.stringify(message));
  await receive('connection_init');
  const ping = async (position) => {
    send({ type: 'ping', payload: { position } });
    await receive('pong');
  };
  return { send, receive, ping, acknowledge: (position) => send({ type: 'connection_ack', payload: { position } }), cut: () => socket.terminate(), close: (code) => socket.close(code) };
}

async function afterOf(connection) {
  return (await connection.receive('subscribe')).payload.variables?.after;
}

const sink = { next() {}, error: assert.ifError, complete() {} };
const query = 'subscription ($after: Cursor) { postPublished(after: $after) { cursor } }';
let connecting = connection();
const stop = client.subscribe({ query }, sink);

// A quiet one goes on behind the acknowledgement …
let current = await connecting;
current.acknowledge(at('user:b:1', 'post:a:1'));
assert.equal(await afterOf(current), undefined);
connecting = connection();
current.cut();
current = await connecting;
current.acknowledge(at('user:b:1', 'post:a:5'));
assert.equal(await afterOf(current), at('user:b:1', 'post:a:1'));
// … and not behind the first ping, which may not know of it …
await current.ping(at('user:b:1', 'post:a:5'));
connecting = connection();
current.cut();
current = await connecting;
current.acknowledge(at('user:b:1', 'post:a:5'));
assert.equal(await afterOf(current), at('user:b:1', 'post:a:1'));
// … but behind the second; a ping without a position counts for nothing.
await current.ping(null);
await current.ping(at('user:b:1', 'post:a:5'));
await current.ping(at('user:b:2', 'post:a:6'));
connecting = connection();
current.cut();
current = await connecting;
current.acknowledge(at('user:b:2', 'post:a:8'));
const { id, payload } = await current.receive('subscribe');
assert.equal(payload.variables.after, at('user:b:2', 'post:a:6'));
// A message's cursor counts, and no ping that is further back.
current.send({ id, type: 'next', payload: { data: {}, extensions: { cursor: at('post:a:9') } } });
await current.ping(at('user:b:2', 'post:a:7'));
connecting = connection();
current.cut();
current = await connecting;
current.acknowledge(at('user:b:2', 'post:a:9'));
assert.equal(await afterOf(current), at('post:a:9'));
stop();
await current.receive('complete');

// A payload that cannot be sent is an error, and not tried for ever.
connecting = connection();
const failed = new Promise((resolve) => {
  createResumingClient(createClient, options).subscribe({}, { ...sink, error: resolve });
});
(await connecting).acknowledge(null);
assert.match(String(await failed), /expects the 'query' property/);

// A token that is refused is an error as well, after three attempts.
const ATTEMPTS = 3;
connecting = connection();
const forbidden = new Promise((resolve) => {
  createResumingClient(createClient, options).subscribe({ query }, { ...sink, error: resolve });
});
for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
  current = await connecting;
  if (attempt < ATTEMPTS) connecting = connection();
  current.close(4403);
}
assert.equal((await forbidden).code, 4403);
process.exit();
