// The servers of a run. Each one has an empty Redis of its own, in a temporary folder (scripts/serve-for-tests.sh).
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const scripts = join(import.meta.dirname, '..', 'scripts');
const run = promisify(execFile);

export const serveForTests = join(scripts, 'serve-for-tests.sh');

/** The first start may have to build everything. */
export const START_TIMEOUT_MS = 20 * 60_000;

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const listener = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

/** A command to a Redis, by redis-cli. Resolves to the reply as redis-cli prints it. */
export type RedisCommand = (...command: string[]) => Promise<string>;

/** redis-cli against the Redis whose port stands in `portFile`. */
export function redisOf(portFile: string): RedisCommand {
  return async (...command) => {
    const port = readFileSync(portFile, 'utf8').trim();
    // -e: an error reply fails, and with it the test.
    const { stdout } = await run(join(scripts, 'redis-cli.sh'), ['-p', port, '-e', ...command]);
    return stdout.trimEnd();
  };
}

/** Lines that are pasted into redis-cli. Resolves to the replies as it prints them into a file: one line per value. */
export type RedisLines = (lines: string) => Promise<string>;

/** redis-cli with lines on its standard input, against the Redis whose port stands in `portFile`. */
export function pasteOf(portFile: string): RedisLines {
  return async (lines) => {
    const port = readFileSync(portFile, 'utf8').trim();
    const largest = { maxBuffer: 64 * 1024 * 1024 };
    const pasted = run(join(scripts, 'redis-cli.sh'), ['-p', port], largest);
    pasted.child.stdin?.end(`${lines}\n`);
    const { stdout } = await pasted;
    return stdout.trimEnd();
  };
}

/** A server that one test may treat badly. */
export class PrivateServer {
  private redisAgain: ChildProcess | undefined;

  private constructor(
    readonly url: string,
    readonly redis: RedisCommand,
    readonly paste: RedisLines,
    private readonly redisPort: string,
    private readonly redisFolder: string,
    private readonly server: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<PrivateServer> {
    const folder = mkdtempSync(join(tmpdir(), 'agent-memory-journeys-'));
    const portFile = join(folder, 'redis-port');
    const port = String(await freePort());
    const log: Buffer[] = [];
    const server = spawn(serveForTests, {
      env: { ...process.env, PORT: port, REDIS_PORT_FILE: portFile },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server.stderr?.on('data', (part: Buffer) => log.push(part));
    const url = `http://127.0.0.1:${port}`;
    await until(
      () => answers(`${url}/readyz`),
      () => server.exitCode === null || Promise.reject(new Error(`no server: ${Buffer.concat(log)}`)),
    );
    const [redis, paste] = [redisOf(portFile), pasteOf(portFile)];
    const redisFolder = (await redis('CONFIG', 'GET', 'dir')).split('\n')[1] ?? folder;
    return new PrivateServer(url, redis, paste, readFileSync(portFile, 'utf8').trim(), redisFolder, server, folder);
  }

  /** Ends Redis. What it holds is on disk then. */
  async stopRedis(): Promise<void> {
    // The connection is cut before a reply comes.
    await this.redis('SHUTDOWN', 'SAVE').catch(() => undefined);
    await until(() => this.redis('PING').then(() => false, () => true));
  }

  /** Starts Redis again, on the same port and with what it held, and waits until the server has noticed. */
  async startRedis(): Promise<void> {
    const where = ['--bind', '127.0.0.1', '--port', this.redisPort, '--dir', this.redisFolder, '--save', ''];
    this.redisAgain = spawn(join(scripts, 'redis-server.sh'), where, { stdio: 'ignore' });
    // Not /readyz: that tells what was known a second ago.
    await until(() => answers(`${this.url}/state`));
  }

  async stop(): Promise<void> {
    await Promise.all([ended(this.server), ended(this.redisAgain)]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then((reply) => reply.ok, () => false);
}

/** Asks again and again, for as long as a first start may take; `check` may reject to give up earlier. */
async function until(holds: () => Promise<boolean>, check?: () => unknown): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await holds())) {
    await check?.();
    if (Date.now() > deadline) throw new Error('waited too long');
    await wait(50);
  }
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await end;
}
