// graphql-ws or graphql-sse against Tessera, by callbacks and by iteration. In: as in live.mjs, and for a trusted document its id
// (`documentId`). Out: why a bad document was refused, then the posts.
import { POSTS, UNKNOWN_FIELD, failed, overSse, overWebSocket, say, sayPost, sayRefused, variables, world } from './live.mjs';

const client = world.over === 'ws' ? overWebSocket() : overSse();

// graphql-ws wants a text in every message.
const trusted = { ...(world.over === 'ws' && { query: '' }), documentId: world.documentId, variables };
const posts = world.documentId ? trusted : { query: POSTS, variables };

// graphql-ws hands over the errors of an `error` message; graphql-sse a result, and the end.
if (!world.isQuiet) await new Promise((resolve) => {
  let errors;
  client.subscribe({ query: UNKNOWN_FIELD }, {
    next: (result) => (errors = result.errors),
    error: (error) => resolve(sayRefused(error)),
    complete: () => resolve(sayRefused(errors)),
  });
});

if (world.iterates) {
  try {
    for await (const { data } of client.iterate(posts)) sayPost(data);
    say('ended');
  } catch (error) {
    failed(error);
  }
} else {
  client.subscribe(posts, {
    next: ({ data, errors }) => (errors ? failed(errors) : sayPost(data)),
    error: failed,
    complete: () => say('ended'),
  });
}
