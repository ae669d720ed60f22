// What the playground promises: it works without a network and under its own policy, its demo operations run, its docs
// open, and a demo user who signs in sees what is theirs.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { chromium } from 'playwright-core';
import { kept, startTessera } from './tessera.js';
import { CHROMIUM, Visit } from './visit.js';

const TABS = ['HomeFeed', 'Profile', 'MyOrders', 'Market', 'Like', 'PlaceOrder', 'NewPosts', 'Publish', 'OrderStatuses'];
/** tests/browser/live.test.js runs them. */
const SUBSCRIPTIONS = ['NewPosts', 'OrderStatuses'];

let tessera, browser, visit;

before(async () => {
  tessera = await startTessera();
  browser = await chromium.launch(CHROMIUM);
});
after(async () => {
  await browser?.close();
  await tessera?.stop();
});
beforeEach(async () => {
  visit = await Visit.begin(browser, tessera.url);
});
afterEach(() => visit.page.close());

/** Nothing was asked of other hosts, and nothing complained. */
function assertQuiet() {
  assert.deepEqual(visit.complaints, []);
  assert.deepEqual(visit.strayRequests, []);
}

function screenshot(name) {
  return visit.page.screenshot({ path: join(kept, `${name}.png`) });
}

test('a query runs and shows its data', async () => {
  const { data, errors } = await visit.run();
  assert.equal(errors, undefined);
  assert.equal(data.posts.nodes.length, 10);
  await visit.page.locator('.graphiql-response').getByText(data.posts.nodes[0].author.name).first().waitFor();
  await screenshot('query');
  assertQuiet();
});

test('every demo operation has its tab and does what it shows', async () => {
  assert.deepEqual(await visit.tabs(), TABS);
  await visit.signIn('ada@example.com');
  for (const name of TABS.filter((name) => !SUBSCRIPTIONS.includes(name))) {
    await visit.openTab(name);
    const { data, errors } = await visit.run();
    // Somebody else's e-mail address is there to show what a refusal looks like.
    const refused = errors?.map((error) => [error.path.join('.'), error.extensions.code]);
    assert.deepEqual(refused, name === 'Profile' ? [['user.email', 'FORBIDDEN']] : undefined, name);
    for (const field of Object.values(data)) {
      assert.notEqual(field, null, name);
      assert.deepEqual(field.userErrors ?? [], [], name);
      assert.notEqual(field.nodes?.length, 0, name);
    }
  }
  assertQuiet();
});

test('the docs tell what a type is', async () => {
  await visit.page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  const docs = visit.page.locator('.graphiql-doc-explorer');
  await docs.getByRole('link', { name: 'Query', exact: true }).click();
  await docs.getByRole('link', { name: 'PostConnection', exact: true }).click();
  await docs.getByRole('link', { name: 'Post', exact: true }).click();
  await docs.getByText('A post, visible to everyone.').waitFor();
  await screenshot('docs');
  assertQuiet();
});

test('a demo user signs in, sees what is private in every tab, and signs out', async () => {
  await visit.openTab('MyOrders');
  assert.deepEqual(await visit.run(), { data: { viewer: null } });
  await visit.signIn('ada@example.com');
  await visit.headers().getByText('authorization').waitFor();
  const { data } = await visit.run();
  assert.equal(data.viewer.email, 'ada@example.com');
  assert.ok(data.viewer.orders.nodes.some(({ items }) => items.some(({ post }) => post?.author?.name)));
  await visit.page.locator('.graphiql-response').getByText('ada@example.com').waitFor();
  await screenshot('signed-in');

  await visit.openTab('HomeFeed');
  await visit.headers().getByText('authorization').waitFor();
  await visit.page.getByRole('button', { name: 'sign out' }).click();
  await visit.headers().getByText('authorization').waitFor({ state: 'detached' });
  await visit.openTab('MyOrders');
  assert.deepEqual(await visit.run(), { data: { viewer: null } });
  assertQuiet();
});

test('what the policy forbids is noticed', async () => {
  const complaint = visit.page.waitForEvent('console');
  await visit.page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<img alt="" src="http://127.0.0.2/stray.png">');
  });
  await complaint;
  assert.match(visit.complaints.join(), /Content Security Policy/);
});
