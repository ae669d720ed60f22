// What a browser's own cache promises: a viewer's change is in the next read, although the response is public and shared caches
// may store it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startTessera } from './tessera.js';
import { CHROMIUM } from './visit.js';

let tessera, browser;

before(async () => {
  tessera = await startTessera();
  browser = await chromium.launch(CHROMIUM);
});
after(async () => {
  await browser?.close();
  await tessera?.stop();
});

/** Runs in the page: reads a profile by GET, changes it, reads it again, and reads it once more unchanged. */
async function readChangeRead() {
  const post = async (query, token) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
    return (await response.json()).data;
  };
  const read = async () => {
    const query = '{ user(by: {handle: "cache_reader"}) { name posts(first: 1) { nodes { id } } } }';
    const response = await fetch(`/graphql?query=${encodeURIComponent(query)}`);
    return { control: response.headers.get('cache-control'), name: (await response.json()).data.user.name };
  };
  const input = 'email: "cache@example.com", handle: "cache_reader", name: "Before", password: "correct horse battery"';
  const { signUp } = await post(`mutation { signUp(input: {${input}}) { session { accessToken } userErrors { code } } }`);
  const first = await read();
  const change = 'mutation { updateProfile(input: {name: "After"}) { userErrors { code } } }';
  await post(change, signUp.session.accessToken);
  return { first, second: await read(), third: await read() };
}

test('a viewer reads their own change', async () => {
  const page = await browser.newPage();
  await page.goto(tessera.url);
  const { first, second, third } = await page.evaluate(readChangeRead);
  assert.match(first.control, /^public, max-age=0, must-revalidate, s-maxage=60,/);
  assert.equal(first.name, 'Before');
  assert.equal(second.name, 'After');
  assert.equal(third.name, 'After');
  await page.close();
});
