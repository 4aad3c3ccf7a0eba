import { once } from 'node:events';
import { createServer, connect as netConnect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ISocketFactory } from 'kafkajs';

/** Api keys of the Kafka protocol. */
export const API = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  offsetCommit: 8,
  joinGroup: 11,
  heartbeat: 12,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  addOffsetsToTxn: 25,
  endTxn: 26,
  txnOffsetCommit: 28,
};

/** `lose`: never arrives, and the connection stays; `cut`: the connection is reset in its place. */
export type Fate = 'pass' | 'lose' | 'cut';

export interface Fault {
  readonly at: 'request' | 'reply';
  /** One of `API`. */
  readonly api: number;
  /** Of the whole frame, which names topics as text. @default all */
  readonly matches?: (frame: Buffer) => boolean;
  /** Waited for: a fault may hold a request back until something else has happened. */
  readonly fate: Fate | (() => Promise<Fate>);
  /** How many requests or replies in a row. @default 1 */
  readonly times?: number;
}

/** A TCP proxy before one broker that understands as much of the protocol as it takes to break it. */
export interface FaultProxy {
  /** `host:port`, for a broker that advertises the proxy. */
  readonly address: string;
  /** Sends a kafkajs client through the proxy, whatever address the broker advertises. */
  readonly socketFactory: ISocketFactory;
  /** Each request and reply takes that much longer; asked anew for each. */
  delayMs: () => number;
  /** Whether new connections are let through. */
  open: boolean;
  /** Answers how often the fault has struck so far. */
  inject(fault: Fault): () => number;
  /** Resets all connections. */
  cutAll(): void;
  /** Leaves all connections half open: they stay, and nothing comes through any more. New ones are as ever. */
  freezeAll(): void;
  close(): Promise<void>;
}

/**
 * @param broker `host:port`
 * @param listenAt @default a free port
 */
export async function startFaultProxy(broker: string, listenAt = 0): Promise<FaultProxy> {
  const [host, brokerPort] = broker.split(':') as [string, string];
  const faults: { fault: Fault; left: number }[] = [];
  const sockets = new Set<Socket>();

  const frozen = new WeakSet<Socket>();

  const fateOf = async (at: 'request' | 'reply', api: number, frame: Buffer): Promise<Fate> => {
    const due = faults.find(
      ({ fault, left }) => left > 0 && fault.at === at && fault.api === api && fault.matches?.(frame) !== false,
    );
    if (due === undefined) return 'pass';
    due.left--;
    return typeof due.fault.fate === 'function' ? due.fault.fate() : due.fault.fate;
  };

  const delay = async (): Promise<void> => {
    const delayMs = proxy.delayMs();
    if (delayMs > 0) await sleep(delayMs);
  };
  const server = createServer((client) => {
    if (!proxy.open) {
      client.resetAndDestroy();
      return;
    }
    const upstream = netConnect(Number(brokerPort), host);
    const apis = new Map<number, number>();
    const cut = (): void => {
      client.resetAndDestroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', cut);
      socket.on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    const passOn = async (at: 'request' | 'reply', frame: Buffer, api: number, to: Socket): Promise<void> => {
      if (frozen.has(to)) return;
      const fate = await fateOf(at, api, frame);
      if (fate === 'cut') cut();
      else if (fate === 'pass' && !to.destroyed) to.write(frame);
    };
    eachFrame(client, delay, (frame) => {
      const api = frame.readInt16BE(4);
      apis.set(frame.readInt32BE(8), api);
      return passOn('request', frame, api, upstream);
    });
    eachFrame(upstream, delay, (frame) => {
      const id = frame.readInt32BE(4);
      const api = apis.get(id) ?? -1;
      apis.delete(id);
      return passOn('reply', frame, api, client);
    });
  });
  server.listen(listenAt, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };

  const proxy: FaultProxy = {
    address: `127.0.0.1:${port}`,
    socketFactory: ({ onConnect }) => netConnect({ host: '127.0.0.1', port }, onConnect),
    delayMs: () => 0,
    open: true,
    inject(fault) {
      const times = fault.times ?? 1;
      const due = { fault, left: times };
      faults.push(due);
      return () => times - due.left;
    },
    cutAll() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    freezeAll() {
      for (const socket of sockets) frozen.add(socket);
    },
    async close() {
      server.close();
      proxy.cutAll();
    },
  };
  return proxy;
}

/**
 * Calls back with one whole frame after another, its length included; the next waits until the last is dealt with.
 *
 * @param delay asked when a frame arrives: several may be on their way at once
 */
function eachFrame(socket: Socket, delay: () => Promise<void>, onFrame: (frame: Buffer) => Promise<void>): void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let last = Promise.resolve();
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    while (bytes >= 4) {
      if (chunks[0]!.length < 4) chunks = [Buffer.concat(chunks)];
      const length = 4 + chunks[0]!.readInt32BE(0);
      if (bytes < length) break;
      const all = Buffer.concat(chunks);
      const frame = all.subarray(0, length);
      const arrived = delay();
      last = last.then(() => arrived).then(() => onFrame(frame));
      chunks = [all.subarray(length)];
      bytes -= length;
    }
  });
}
