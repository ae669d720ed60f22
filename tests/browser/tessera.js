// The real program, `tessera dev`, on free ports and data of its own. In: nothing. Out: its URL, how to start
// it again with its data, and how to end it.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = new URL('../..', import.meta.url).pathname;

/** Where cargo builds. */
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

/** Where the program's log and what it looked like are left. */
export const kept = join(target, 'tmp', 'playground');

/** Starts it and waits for its greeting. */
export async function startTessera() {
  const home = await mkdtemp(join(tmpdir(), 'tessera-playground-'));
  const port = await freePorts();
  const words = ['dev', '--port', String(port), '--data-dir', join(home, 'data')];
  await mkdir(kept, { recursive: true });
  let quit = await start(words, 'w');
  const restart = async () => {
    await quit();
    quit = await start(words, 'a');
  };
  const stop = async () => {
    await quit();
    await rm(home, { recursive: true });
  };
  return { url: `http://127.0.0.1:${port}`, restart, stop };
}

/** Starts the program; how to end it, once it has greeted. */
async function start(words, flags) {
  const log = await open(join(kept, 'tessera.log'), flags);
  const child = spawn(join(target, 'debug', 'tessera'), words, { stdio: ['ignore', 'pipe', log.fd] });
  await log.close();
  const ended = new Promise((resolve) => child.once('close', resolve));
  const quit = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('curl -sN')) return quit;
  }
  await quit();
  throw new Error(`tessera dev ended before it greeted: see ${join(kept, 'tessera.log')}`);
}

/** The first of four free ports in a row. */
async function freePorts() {
  for (let first = 20_000 + (process.pid % 20_000); first < 60_000; first += 4) {
    const free = await Promise.all([0, 1, 2, 3].map((offset) => isFree(first + offset)));
    if (free.every(Boolean)) return first;
  }
  throw new Error('no four free ports in a row');
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
