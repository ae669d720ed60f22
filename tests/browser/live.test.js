// What live updates promise in a browser: a subscription of the playground shows what another window does; a stock `EventSource`
// gets events, goes on where it was after a restart of the server, and stops where nothing follows.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { kept, startTessera } from './tessera.js';
import { CHROMIUM, Visit } from './visit.js';

let tessera, browser;

before(async () => {
  tessera = await startTessera();
  browser = await chromium.launch(CHROMIUM);
});
after(async () => {
  await browser?.close();
  await tessera?.stop();
});

/** Two windows of one demo user. */
async function windows(email) {
  const visits = [await Visit.begin(browser, tessera.url), await Visit.begin(browser, tessera.url)];
  for (const visit of visits) await visit.signIn(email);
  return visits;
}

async function leave(visits) {
  for (const visit of visits) {
    assert.deepEqual(visit.complaints, []);
    assert.deepEqual(visit.strayRequests, []);
    await visit.page.close();
  }
}

test('a post that is published in one window appears in another', async () => {
  const [reader, writer] = await windows('ada@example.com');
  await reader.openTab('NewPosts');
  await reader.subscribe();
  await writer.openTab('Publish');
  const { data } = await writer.run();
  assert.deepEqual(data.publishPost.userErrors, []);
  await reader.shows('Hot off the press');
  await reader.shows(data.publishPost.post.author.name);
  await reader.page.screenshot({ path: join(kept, 'subscription.png') });
  await writer.page.screenshot({ path: join(kept, 'publish.png') });
  // GraphiQL's button ends it.
  const closed = reader.page.getByRole('button', { name: /^Execute query/ }).waitFor();
  await reader.page.getByRole('button', { name: /^Stop query/ }).click();
  await closed;
  await leave([reader, writer]);
});

test('the statuses of an order appear as it is placed', async () => {
  const [reader, writer] = await windows('grace@example.com');
  await reader.openTab('OrderStatuses');
  await reader.headers().getByText('authorization').waitFor();
  await reader.subscribe();
  await writer.openTab('PlaceOrder');
  const { data } = await writer.run();
  assert.deepEqual(data.placeOrder.userErrors, []);
  await reader.shows('PENDING');
  await reader.shows(data.placeOrder.order.number);
  await reader.page.screenshot({ path: join(kept, 'order-statuses.png') });
  await leave([reader, writer]);
});

test('without a token a subscription shows why it is refused', async () => {
  const visit = await Visit.begin(browser, tessera.url);
  await visit.openTab('OrderStatuses');
  await visit.subscribe();
  await visit.shows('UNAUTHENTICATED');
  await leave([visit]);
});

/** Runs in the page: follows an operation; what comes is in `window.followed`. */
function follow(query) {
  const source = new EventSource(`/graphql?${new URLSearchParams({ query })}`);
  window.followed = { titles: [], opened: 0, codes: [], completed: false, source };
  source.addEventListener('open', () => (window.followed.opened += 1));
  source.addEventListener('complete', () => (window.followed.completed = true));
  source.addEventListener('next', ({ data }) => {
    const { data: result, errors } = JSON.parse(data);
    if (errors) window.followed.codes.push(errors[0].extensions.code);
    else window.followed.titles.push(result.postPublished.post.title);
  });
}

/** Publishes posts with these titles, one after the other. */
async function publish(...titles) {
  const post = async (query, variables, headers) => {
    const request = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query, variables }) };
    return (await (await fetch(`${tessera.url}/graphql`, request)).json()).data;
  };
  const { logIn } = await post('mutation { logIn(input: {email: "ada@example.com", password: "tessera-demo"}) { session { accessToken } } }');
  const headers = { authorization: `Bearer ${logIn.session.accessToken}` };
  for (const title of titles) {
    const { publishPost } = await post(
      'mutation ($title: String!) { publishPost(input: {title: $title, body: "…"}) { userErrors { code } } }', { title }, headers);
    assert.deepEqual(publishPost.userErrors, []);
  }
}

const gets = (page, count) => page.waitForFunction((count) => window.followed.titles.length >= count, count, { timeout: 40_000 });

test('a stock EventSource gets events and goes on after a restart', async () => {
  const page = await browser.newPage();
  await page.goto(tessera.url);
  await page.evaluate(follow, 'subscription { postPublished { post { title } } }');
  await page.waitForFunction(() => window.followed.opened === 1);
  await publish('first', 'second');
  await gets(page, 2);
  await tessera.restart();
  // It is back some time after the server: what comes before that it must get as well.
  await publish('third', 'fourth');
  await gets(page, 4);
  await publish('fifth');
  await gets(page, 5);
  const { titles, codes, completed } = await page.evaluate(() => window.followed);
  assert.deepEqual({ titles, codes, completed }, { titles: ['first', 'second', 'third', 'fourth', 'fifth'], codes: [], completed: false });
  await page.close();
});

test('a stock EventSource stops after the end', async () => {
  const page = await browser.newPage();
  await page.goto(tessera.url);
  const again = page.waitForResponse((response) => response.status() === 204, { timeout: 40_000 });
  await page.evaluate(follow, 'subscription { nothing }');
  await again;
  await page.waitForFunction(() => window.followed.source.readyState === EventSource.CLOSED);
  const { codes, completed } = await page.evaluate(() => window.followed);
  assert.deepEqual({ codes, completed }, { codes: ['GRAPHQL_VALIDATION_FAILED'], completed: true });
  await page.close();
});
