import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** A server that answers as a test says. */
export interface TestServer {
  readonly url: string;
  /** Of every request so far, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Serves on a free port of the own machine, over TLS with the certificate beside this file where asked to. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, path: string) => void,
  { tls = false } = {},
): Promise<TestServer> {
  const requests: string[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(request.url!);
    request.resume();
    answer(request, response, request.url!);
  };
  const server = tls
    ? https.createServer({ key: await readPem('key'), cert: await readPem('cert') }, listener)
    : http.createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A certificate for this machine's own address, and its key. */
export function readPem(name: 'key' | 'cert'): Promise<string> {
  return readFile(new URL(`${name}.pem`, import.meta.url), 'utf8');
}
