// A subscription as an async iterator. In: a function that subscribes a sink and returns how to unsubscribe. Out: the results,
// as `client.iterate` of graphql-ws and graphql-sse returns them.

/**
 * @template T
 * @param {(sink: { next(result: T): void, error(error: unknown): void, complete(): void }) => () => void} subscribe
 * @returns {AsyncIterableIterator<T>}
 */
export function iterate(subscribe) {
  /** @type {T[]} */
  const results = [];
  /** @type {(() => void) | undefined} */
  let wake;
  /** @type {{ error?: unknown } | undefined} */
  let end;
  const changed = (/** @type {{ error?: unknown } | undefined} */ ended) => {
    end ??= ended;
    wake?.();
  };
  const unsubscribe = subscribe({
    next: (result) => (results.push(result), changed(undefined)),
    error: (error) => changed({ error }),
    complete: () => changed({}),
  });
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (!results.length && !end) await new Promise((resolve) => (wake = () => resolve(undefined)));
      if (results.length) return { done: false, value: /** @type {T} */ (results.shift()) };
      if (end && 'error' in end) throw end.error;
      return { done: true, value: undefined };
    },
    async return() {
      unsubscribe();
      changed({});
      return { done: true, value: undefined };
    },
    async throw(error) {
      unsubscribe();
      changed({});
      throw error;
    },
  };
}
