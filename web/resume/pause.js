// The pause before a client connects again. In: how often it has tried since it last got something. Out: a promise. The time is
// drawn at random between nothing and a bound that doubles from 1 s to 30 s, so that thousands of clients do not come at once.

/** @param {number} attempts Failed attempts so far. @returns {Promise<void>} */
export function pause(attempts) {
  const bound = Math.min(30_000, 1_000 * 2 ** attempts);
  return new Promise((resolve) => setTimeout(resolve, Math.random() * bound));
}
