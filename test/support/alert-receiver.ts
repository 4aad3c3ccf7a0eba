import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A program that takes alerts, as a script says. */
export interface ScriptedReceiver {
  readonly url: string;
  /** All requests, in the order in which they came. */
  readonly requests: readonly ReceivedRequest[];
  /** Resolves when there are so many requests. */
  came(count: number): Promise<void>;
  close(): Promise<void>;
}

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what is asked of it is what the test knows of it
  readonly body: any;
  /** `performance.now()` */
  readonly at: number;
}

/** How one request is answered. */
export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'stall'
  | 'hang up';

/** @param script answers in their order; the last one is given to all that follow */
export async function openScriptedReceiver(script: readonly Answer[] = [{ status: 200 }]): Promise<ScriptedReceiver> {
  const requests: ReceivedRequest[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const answer = script[Math.min(requests.length, script.length - 1)]!;
      const text = Buffer.concat(parts).toString();
      const { url: path = '', headers } = request;
      requests.push({ path, headers, text, body: JSON.parse(text), at: performance.now() });
      for (const look of waiting) look();
      if (answer === 'stall') return;
      if (answer === 'hang up') request.socket.destroy();
      else response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    came: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (requests.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
