// What the scripts of live updates share. In: one argument of JSON: the BFF's address (`http`, `ws`), where to begin (`after`),
// whether to resume through `web/resume/` (`resumes`), whether to send nothing that is refused (`isQuiet`), and how messages travel
// (`over`). Out: clients of graphql-ws and graphql-sse, documents, and a line of JSON on standard output for each thing that
// happens. The end of standard input ends it.
import * as sse from 'graphql-sse';
import * as ws from 'graphql-ws';
import WebSocket from 'ws';

import { createResumingClient as resumingSse } from '../../web/resume/graphql-sse.js';
import { createResumingClient as resumingWs } from '../../web/resume/graphql-ws.js';

// A browser has it, and Apollo's link looks for it.
globalThis.WebSocket ??= WebSocket;

export const world = JSON.parse(process.argv[2]);
export const variables = world.after ? { after: world.after } : {};

export const POSTS = 'subscription Posts($after: Cursor) { postPublished(after: $after) { post { title author { name } } } }';
export const UNKNOWN_FIELD = 'subscription Unknown { postPublished { nothing } }';

/** One thing that happened. */
export function say(what, value = null) {
  console.log(JSON.stringify({ [what]: value }));
}

/** A message's post. */
export function sayPost(data) {
  say('post', { title: data.postPublished.post.title, author: data.postPublished.post.author.name });
}

/** The code of the first of these errors; anything else in full. */
export function sayRefused(errors) {
  say('refused', errors?.[0]?.extensions?.code ?? String(errors?.stack ?? JSON.stringify(errors)));
}

/** Says that a subscription has an end, which it must not have. */
export const failed = (error) => say('failed', String(error?.stack ?? JSON.stringify(error)));

/** A client of graphql-ws. */
export function overWebSocket() {
  const options = { url: world.ws, webSocketImpl: WebSocket, on: { connected: () => say('connected') } };
  return world.resumes ? resumingWs(ws.createClient, options) : ws.createClient(options);
}

/** A client of graphql-sse, which sends POSTs; as GETs if that is how messages travel. */
export function overSse() {
  const options = { url: world.http, on: { connected: () => say('connected') } };
  if (world.over === 'sse-get') options.fetchFn = asGet;
  return world.resumes ? resumingSse(sse.createClient, options) : sse.createClient(options);
}

/** The same operation in the query string. */
function asGet(url, { body, ...init }) {
  const parameters = Object.entries(JSON.parse(body)).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return fetch(`${url}?${new URLSearchParams(parameters)}`, { ...init, method: 'GET' });
}

process.stdin.on('end', () => process.exit(0)).resume();
