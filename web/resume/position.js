// Compares cursors and positions of Tessera. In: two of them. Out: the one that is further, service by service. A cursor is
// base64url of `service:epoch:sequence`, a position is several of these with commas between them. Text of another form (a newer
// server may have one) is left alone: then a client resumes behind its last message, and reads again what is not for it.

/** @typedef {Map<string, { epoch: string, sequence: number }>} Places */

/**
 * @param {string | undefined} known Up to here everything was received.
 * @param {string} reported And up to here, in the same services.
 * @returns {string} The further place in each service that `known` names.
 */
export function furthest(known, reported) {
  if (known === undefined) return reported;
  const [places, further] = [read(known), read(reported)];
  if (!places || !further) return known;
  for (const [service, place] of places) {
    const { epoch, sequence } = further.get(service) ?? place;
    if (epoch === place.epoch) place.sequence = Math.max(place.sequence, sequence);
  }
  return write(places);
}

/** @param {string} text @returns {Places | undefined} */
function read(text) {
  /** @type {Places} */
  const places = new Map();
  try {
    for (const place of atob(text.replaceAll('-', '+').replaceAll('_', '/')).split(',')) {
      const [, service, epoch, sequence] = /^(\w+):(\w+):(\d+)$/.exec(place) ?? [];
      if (!service) return undefined;
      places.set(service, { epoch, sequence: Number(sequence) });
    }
  } catch {
    return undefined;
  }
  return places;
}

/** @param {Places} places */
function write(places) {
  const texts = [...places].map(([service, { epoch, sequence }]) => `${service}:${epoch}:${sequence}`);
  return btoa(texts.join(',')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
