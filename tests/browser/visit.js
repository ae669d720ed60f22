// One visit to the playground in a browser without a network: what it asks for and complains of is kept, so that a test
// can say that there was nothing. In: a browser and a URL. Out: the page once it can be used, and ways to use it.

/** Chromium reaches this machine and nothing else. */
export const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
};

export class Visit {
  /** What broke the policy, failed, or was said as an error. */
  complaints = [];
  /** Requests to anywhere but the server. */
  strayRequests = [];

  static async begin(browser, url) {
    const visit = new Visit();
    visit.page = await browser.newPage({ viewport: { width: 1500, height: 900 } });
    visit.page.setDefaultTimeout(20_000);
    visit.listen(url);
    await visit.page.goto(url);
    await visit.page.locator('.graphiql-query-editor .view-line').first().waitFor();
    return visit;
  }

  listen(url) {
    const { page, complaints, strayRequests } = this;
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      const broken = message.type() === 'error' || /content.security.policy/i.test(message.text());
      if (broken) complaints.push(message.text());
    });
    page.context().on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (origin !== new URL(url).origin && protocol !== 'data:') strayRequests.push(request.url());
    });
  }

  /** The tabs' names, from left to right. */
  tabs() {
    return this.page.locator('.graphiql-tab-button').allTextContents();
  }

  async openTab(name) {
    await this.page.locator('.graphiql-tab-button').getByText(name, { exact: true }).click();
    // GraphiQL reads a tab a moment after it shows it, and keeps then what it has read.
    await this.page.waitForFunction((it) => localStorage.getItem('graphiql:query')?.includes(it), name);
  }

  /** Runs the tab that shows; its answer, once that is on the screen. */
  async run() {
    const answered = this.page.waitForResponse((response) => response.url().endsWith('/graphql'));
    await this.page.getByRole('button', { name: /^Execute query/ }).click();
    const answer = await (await answered).json();
    await this.page.locator('.graphiql-response .view-line').filter({ hasText: /"(data|errors)"/ }).first().waitFor();
    return answer;
  }

  /** Runs the subscription of the tab that shows; the server has acknowledged the connection. */
  async subscribe() {
    const connected = this.page.waitForEvent('websocket').then((socket) =>
      socket.waitForEvent('framereceived', { predicate: ({ payload }) => payload.includes('connection_ack') }));
    await this.page.getByRole('button', { name: /^Execute query/ }).click();
    await connected;
  }

  /** Waits until the response has that text. */
  shows(text) {
    return this.page.locator('.graphiql-response .view-line').filter({ hasText: text }).first().waitFor();
  }

  async signIn(email) {
    await this.page.getByRole('button', { name: email }).click();
    await this.page.getByText(`signed in as ${email}`).waitFor();
  }

  /** The headers editor of the tab that shows. */
  headers() {
    return this.page.getByRole('region', { name: 'Headers' }).locator('.graphiql-editor:not(.hidden)');
  }
}
