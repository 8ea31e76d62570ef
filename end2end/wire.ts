// A wire between browser and server that can be cut: the server then is as good as gone, and so is what flowed already.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './server';

export class Wire {
  private readonly ends = new Set<Socket>();
  private listener: Server | undefined;

  private constructor(
    private readonly port: number,
    private readonly serverPort: number,
  ) {}

  /** A wire to the server at `url`. */
  static async to(url: string): Promise<Wire> {
    const wire = new Wire(await freePort(), Number(new URL(url).port));
    await wire.mend();
    return wire;
  }

  /** Where the server is reached through it. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Nothing comes through any more: connections break, new ones are refused. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.listener?.close(resolve) ?? resolve(undefined));
    this.listener = undefined;
    for (const end of this.ends) end.destroy();
    await closed;
  }

  /** From now on everything comes through. */
  async mend(): Promise<void> {
    this.listener = createServer((browser) => {
      const server = connect(this.serverPort, '127.0.0.1');
      browser.pipe(server).pipe(browser);
      for (const [end, other] of [[browser, server], [server, browser]] as const) {
        this.ends.add(end);
        // One end's trouble is the other one's.
        end.on('error', () => other.destroy());
        end.on('close', () => {
          this.ends.delete(end);
          other.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => this.listener?.listen(this.port, '127.0.0.1', resolve));
  }
}
