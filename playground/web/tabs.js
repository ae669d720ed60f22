// The demo operations, a tab each, with variables that fit the data at hand.
import { ask } from './ask.js';

const documents = import.meta.glob('./operations/*.graphql', { query: '?raw', import: 'default', eager: true });

// Something to like and to buy, of somebody whom nobody signs in as: nobody buys from themselves.
const FOR_SALE = '{ posts(first: 20, filter: { forSale: true }) { nodes { id offer { soldOut } author { handle } } } }';
const DEMO_USERS = ['ada', 'grace', 'admin'];

async function somethingForSale() {
  const { data } = await ask({ query: FOR_SALE });
  const posts = data?.posts?.nodes ?? [];
  return posts.find(({ offer, author }) => !offer.soldOut && !DEMO_USERS.includes(author?.handle))?.id ?? 'pst_…';
}

export async function demoTabs() {
  const postId = await somethingForSale().catch(() => 'pst_…');
  const variables = {
    Profile: { handle: 'grace' },
    Market: { filter: { tag: 'wood', forSale: true } },
    Like: { input: { postId } },
    Publish: { input: { title: 'Hot off the press', body: 'Published from the playground.', tags: ['news'] } },
    PlaceOrder: { input: { items: [{ postId, quantity: 1 }], idempotencyKey: `playground-${Date.now()}` } },
  };
  return Object.values(documents).map((query) => {
    const [, name] = /^(?:query|mutation|subscription) (\w+)/m.exec(query);
    return { query, variables: variables[name] && JSON.stringify(variables[name], null, 2) };
  });
}
