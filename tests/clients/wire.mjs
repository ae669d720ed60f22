// What goes over the wire between a client and Tessera. In: what a client fetches. Out: a line for each request, such as
// `GET hash 400 PersistedQueryNotFound`: the method, what was sent of the document, the status, and what went wrong.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

export class Wire {
  #exchanges = [];

  // To be given to a client as its `fetch`.
  fetch = async (input, init) => {
    const request = new Request(input, init);
    const text = await request.clone().text();
    const response = await fetch(request);
    const answer = await response.clone().json();
    const [sent, cacheControl] = [parameters(request, text), response.headers.get('cache-control')];
    this.#exchanges.push({ method: request.method, sent, status: response.status, answer, cacheControl });
    return response;
  };

  // These are the requests since the last time; answers that are private or no good may not be kept.
  expect(...expected) {
    const lines = this.#exchanges.splice(0).map(({ method, sent, status, answer, cacheControl }) => {
      const line = [method, ...named(sent), status, ...(answer.errors ?? []).map(said)].join(' ');
      const isPublic = !answer.errors && Object.keys(answer.data).every((field) => field === 'posts');
      assert(isPublic || /\bno-store\b/.test(cacheControl), `${line} may be kept: ${cacheControl}`);
      return line;
    });
    assert.deepEqual(lines, expected);
  }
}

// The parameters, which are in the URL of a GET and in the body of a POST, and nowhere else.
function parameters({ method, url }, text) {
  const { searchParams } = new URL(url);
  if (method === 'GET') {
    assert.equal(text, '');
    const parsed = ([name, value]) => [name, ['variables', 'extensions'].includes(name) ? JSON.parse(value) : value];
    return Object.fromEntries([...searchParams].map(parsed));
  }
  assert.equal(searchParams.size, 0, url);
  return JSON.parse(text);
}

function named({ query, documentId, extensions }) {
  const hash = extensions?.persistedQuery?.sha256Hash;
  return [query && `text ${sha256(query)}`, documentId && `id ${documentId}`, hash && `hash ${hash}`].filter(Boolean);
}

function said({ message, extensions }) {
  return message.startsWith('PersistedQuery') ? message : extensions.code;
}
