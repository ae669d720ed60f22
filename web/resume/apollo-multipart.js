// An Apollo link by which multipart subscriptions over `HttpLink` resume: after a cut they get what was missed, once and in
// order. In: `ApolloLink` and `Observable` of Apollo Client 4. Out: a link, to stand before those that add headers and `HttpLink`.
// The header `Last-Event-ID` says where a stream goes on, so documents need no variable for it.
import { pause } from './pause.js';

/** The response header with the cursor behind which a stream begins. */
const BEGINS_BEHIND = 'x-stream-cursor';
/** Ends of a stream after which the server expects the client again: a restart, a token that has ended. */
const AGAIN = ['STREAM_ENDED', 'UNAUTHENTICATED'];
/** Statuses from 400 on that may be others a moment later: request timeout, too early, too many requests. */
const TEMPORARY = [408, 425, 429];

/**
 * @param {Pick<typeof import('@apollo/client'), 'ApolloLink' | 'Observable'>} apollo
 * @returns {import('@apollo/client').ApolloLink}
 */
export function createResumingLink({ ApolloLink, Observable }) {
  return new ApolloLink((operation, forward) => {
    if (operation.operationType !== 'subscription') return forward(operation);
    return new Observable((observer) => {
      const { headers } = operation.getContext();
      /** @type {string | undefined} */
      let cursor;
      let attempts = 0;
      /** @type {{ unsubscribe(): void } | undefined} */
      let stream;

      function connect() {
        const resume = cursor === undefined ? {} : { 'last-event-id': cursor };
        operation.setContext({ headers: { ...headers, ...resume }, response: undefined });
        // Whether the server has said that nothing follows.
        let isOver = false;
        stream = forward(operation).subscribe({
          next(result) {
            const end = protocolErrors(result)?.[0]?.extensions;
            cursor = end?.resumeFrom ?? result.extensions?.cursor ?? cursor;
            if (end && AGAIN.includes(end.code)) return void (attempts = 0);
            // What has no cursor is no message of a subscription: it failed before it began.
            isOver = Boolean(end) || result.extensions?.cursor === undefined;
            if (isOver && status() === 503) return void (isOver = false);
            attempts = 0;
            observer.next(result);
          },
          error: (error) => (isPermanent(error.statusCode ?? 0) ? observer.error(error) : reconnect()),
          complete: () => (isOver ? observer.complete() : reconnect()),
        });
      }
      const response = () => /** @type {Response | undefined} */ (operation.getContext().response);
      const status = () => response()?.status ?? 0;
      async function reconnect() {
        cursor ??= response()?.headers.get(BEGINS_BEHIND) ?? undefined;
        await pause(attempts++);
        if (!observer.closed) connect();
      }
      connect();
      return () => stream?.unsubscribe();
    });
  });
}

/** @param {number} status */
function isPermanent(status) {
  return status >= 400 && status < 500 && !TEMPORARY.includes(status);
}

/** The errors of a stream's last part, which `HttpLink` keeps under a symbol of its own. @param {{ extensions?: any }} result */
function protocolErrors({ extensions = {} }) {
  const hidden = Object.getOwnPropertySymbols(extensions).map((symbol) => extensions[symbol]);
  return hidden.find((value) => value?.name === 'CombinedProtocolErrors')?.errors;
}
