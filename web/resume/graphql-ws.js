// A graphql-ws client whose subscriptions resume: after a cut they get what was missed, once and in order. In: `createClient` of
// graphql-ws 6 and its options. Out: a client of the same shape, also for Apollo Client's `GraphQLWsLink`, urql and Relay.
// A document must pass a variable to the field: `subscription ($after: Cursor) { postPublished(after: $after) { … } }`.
import { iterate } from './iterate.js';
import { pause } from './pause.js';
import { furthest } from './position.js';

/** Close code 4403: how often in a row before the client gives up. `connectionParams` may have a new token each time. */
const MAX_REFUSALS = 3;

/**
 * @param {typeof import('graphql-ws').createClient} createClient
 * @param {import('graphql-ws').ClientOptions} options
 * @returns {import('graphql-ws').Client}
 */
export function createResumingClient(createClient, options) {
  /** @type {Set<Operation>} */
  const operations = new Set();
  /** @type {string | undefined} */
  let newest;
  let refusals = 0;
  let isOpen = false;

  const client = createClient({
    retryAttempts: Infinity,
    retryWait: pause,
    // Failed handshakes included; not what is thrown while the connection is open, such as a payload that cannot be sent.
    shouldRetry: () => !isOpen && refusals < MAX_REFUSALS,
    ...options,
  });
  client.on('connecting', () => {
    newest = undefined;
    operations.forEach((operation) => operation.resume());
  });
  client.on('connected', (_, payload) => {
    [isOpen, refusals] = [true, 0];
    newest = position(payload);
    operations.forEach((operation) => operation.begin(newest));
  });
  client.on('error', () => (isOpen = false));
  client.on('closed', (event) => {
    isOpen = false;
    if (/** @type {CloseEvent} */ (event)?.code === 4403) refusals += 1;
  });
  client.on('ping', (received, payload) => {
    const reported = received ? position(payload) : undefined;
    if (reported === undefined) return;
    newest = reported;
    operations.forEach((operation) => operation.progress(reported));
  });

  /** @type {import('graphql-ws').Client['subscribe']} */
  function subscribe(payload, sink) {
    const operation = new Operation(payload);
    operation.begin(newest);
    operations.add(operation);
    const dispose = client.subscribe(operation.payload, {
      next(result) {
        operation.receive(result);
        sink.next(/** @type {any} */ (result));
      },
      error(error) {
        operations.delete(operation);
        sink.error(error);
      },
      complete() {
        operations.delete(operation);
        sink.complete();
      },
    });
    return () => {
      operations.delete(operation);
      dispose();
    };
  }
  return { ...client, subscribe, iterate: (payload) => iterate((sink) => subscribe(payload, /** @type {any} */ (sink))) };
}

/** One operation, and how far it is. graphql-ws sends the same payload object again whenever it reconnects. */
class Operation {
  /** @param {import('graphql-ws').SubscribePayload} payload */
  constructor(payload) {
    this.payload = { ...payload };
    /** Everything up to here was received. */
    this.cursor = /** @type {string | undefined} */ (payload.variables?.after ?? undefined);
    // A query by its text may have an `after` of another meaning. A document sent by its id is taken for one.
    this.isSubscription = !payload.query || /^\s*subscription\b/m.test(payload.query);
    /** Whether positions of this connection speak for this operation: the server had begun it when it wrote them. */
    this.isCovered = false;
  }

  /** Before it is sent on a new connection. */
  resume() {
    this.isCovered = false;
    if (this.cursor !== undefined) this.payload.variables = { ...this.payload.variables, after: this.cursor };
  }

  /** Before it is sent for the first time. @param {string | undefined} newest The position of the server. */
  begin(newest) {
    if (this.isSubscription) this.cursor ??= newest;
  }

  /** @param {string} reported Up to here everything was sent on this connection. */
  progress(reported) {
    // The first ping may have been written before the server had read `subscribe`. The server sends a position again only when
    // the client has answered every ping before, which it did behind `subscribe`.
    if (this.isCovered && this.isSubscription) this.cursor = furthest(this.cursor, reported);
    this.isCovered = true;
  }

  /** @param {{ extensions?: any }} result */
  receive({ extensions }) {
    if (extensions?.cursor === undefined) return;
    this.cursor = extensions.cursor;
    [this.isCovered, this.isSubscription] = [true, true];
  }
}

/** @param {unknown} payload @returns {string | undefined} */
function position(payload) {
  return /** @type {any} */ (payload)?.position ?? undefined;
}
