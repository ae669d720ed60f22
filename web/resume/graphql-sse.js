// A graphql-sse client whose subscriptions resume: after a cut they get what was missed, once and in order. In: `createClient` of
// graphql-sse 2 and its options. Out: a client of the same shape, for distinct connections. The header `Last-Event-ID` says where
// a stream goes on, so documents need no variable for it; in a browser with `EventSource` none of this is needed.
import { iterate } from './iterate.js';
import { pause } from './pause.js';

/** The response header with the cursor behind which a stream begins. */
const BEGINS_BEHIND = 'x-stream-cursor';
/** Statuses from 400 on that may be others a moment later: request timeout, too early, too many requests. */
const TEMPORARY = [408, 425, 429];

/**
 * @param {typeof import('graphql-sse').createClient} createClient
 * @param {import('graphql-sse').ClientOptions} options
 * @returns {import('graphql-sse').Client}
 */
export function createResumingClient(createClient, options) {
  /** @type {Set<() => void>} */
  const disposers = new Set();

  /** @type {import('graphql-sse').Client['subscribe']} */
  function subscribe(request, sink, on) {
    const stream = new Stream(options);
    // Distinct connections share nothing, so each may have a client of its own, which knows its operation.
    const client = createClient({
      retryAttempts: Infinity,
      ...options,
      singleConnection: false,
      retry: () => stream.retry(),
      fetchFn: stream.fetch,
    });
    const dispose = () => {
      disposers.delete(dispose);
      client.dispose();
    };
    disposers.add(dispose);
    const ended = (/** @type {() => void} */ tell) => {
      disposers.delete(dispose);
      tell();
    };
    client.subscribe(request, {
      next: (result) => sink.next(/** @type {any} */ (result)),
      error: (error) => ended(() => sink.error(error)),
      complete: () => ended(() => sink.complete()),
    }, on);
    return dispose;
  }
  return {
    subscribe,
    iterate: (request, on) => iterate((sink) => subscribe(request, /** @type {any} */ (sink), on)),
    dispose: () => disposers.forEach((dispose) => dispose()),
  };
}

/** The connections of one subscription, one after the other. */
class Stream {
  /** Everything up to here was received. @type {string | undefined} */
  #cursor;
  #attempts = 0;
  /** Milliseconds that the server asks for. @type {number | undefined} */
  #retry;
  /** @type {Error | undefined} */
  #refusal;

  /** @param {import('graphql-sse').ClientOptions} options */
  constructor(options) {
    const send = /** @type {typeof fetch} */ (options.fetchFn ?? fetch);
    /** @param {string} url @param {RequestInit} init */
    this.fetch = async (url, init) => {
      const headers = this.#cursor === undefined ? init.headers : { ...init.headers, 'last-event-id': this.#cursor };
      const response = await send(url, { ...init, headers });
      const { ok, status, statusText, body } = response;
      if (status >= 400 && status < 500 && !TEMPORARY.includes(status)) {
        this.#refusal = Object.assign(new Error(`the server responded with ${status}: ${statusText}`), { response });
      }
      if (!ok || !body) return response;
      this.#cursor ??= response.headers.get(BEGINS_BEHIND) ?? undefined;
      return { ok, status, statusText, headers: response.headers, body: this.#events(body) };
    };
  }

  /** Before the next connection. An error ends the subscription. */
  async retry() {
    if (this.#refusal) throw this.#refusal;
    const asked = this.#retry;
    this.#retry = undefined;
    if (asked === undefined) await pause(this.#attempts);
    else await new Promise((resolve) => setTimeout(resolve, asked));
    this.#attempts += 1;
  }

  /** The bytes in whole events. The cursor of an event counts when the client asks for the next one, having read it. */
  async *#events(/** @type {ReadableStream<Uint8Array>} */ body) {
    const [reader, decoder, encoder] = [body.getReader(), new TextDecoder(), new TextEncoder()];
    let text = '';
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        text += decoder.decode(value, { stream: true });
        for (let end; (end = text.indexOf('\n\n') + 2) > 1; text = text.slice(end)) {
          const event = text.slice(0, end);
          yield encoder.encode(event);
          this.#note(event);
        }
      }
    } finally {
      // graphql-sse 2.6 sees the end of a stream only while it waits for a result: let it get there.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** @param {string} event */
  #note(event) {
    const field = (/** @type {string} */ name) => new RegExp(`^${name}: ?(.+)$`, 'm').exec(event)?.[1];
    const [id, retry] = [field('id'), field('retry')];
    if (id !== undefined) [this.#cursor, this.#attempts] = [id, 0];
    if (retry !== undefined) this.#retry = Number(retry);
  }
}
