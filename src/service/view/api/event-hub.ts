import type { ServerResponse } from 'node:http';

/** Streams of server-sent events that all tell the same: the state of now. */
export interface EventHub {
  /** Whether one more stream may be opened. */
  readonly hasRoom: boolean;
  readonly streams: number;
  /** Opens a stream, which begins with the state of now. */
  open(response: ServerResponse): void;
  /** Tells all streams; one that has not taken the last state yet gets the newest when it has, and none between. */
  publish(state: unknown): void;
  close(): void;
}

export interface EventHubOptions {
  readonly mostStreams: number;
  /** Silence after which a stream gets a sign of life, ms. @default 15000 */
  readonly signEveryMs?: number;
}

interface Stream {
  readonly response: ServerResponse;
  blocked: boolean;
  /** Whether the state changed while it was blocked. */
  behind: boolean;
}

/** A hub holds one state and no queue, so that slow readers cost nothing. */
export function createEventHub({ mostStreams, signEveryMs = 15_000 }: EventHubOptions): EventHub {
  const streams = new Set<Stream>();
  let latest = '';
  const signs = setInterval(() => {
    for (const stream of streams) if (!stream.blocked) write(stream, ': alive\n\n');
  }, signEveryMs).unref();

  function write(stream: Stream, text: string): void {
    stream.blocked = !stream.response.write(text);
  }

  function tell(stream: Stream): void {
    if (stream.blocked) stream.behind = true;
    else write(stream, latest);
  }

  return {
    get hasRoom() {
      return streams.size < mostStreams;
    },
    get streams() {
      return streams.size;
    },
    open(response) {
      const stream: Stream = { response, blocked: false, behind: false };
      streams.add(stream);
      response.on('close', () => streams.delete(stream));
      response.on('error', () => streams.delete(stream));
      response.on('drain', () => {
        stream.blocked = false;
        if (stream.behind) write(stream, latest);
        stream.behind = false;
      });
      write(stream, `retry: 2000\n\n${latest}`);
    },
    publish(state) {
      latest = `event: state\ndata: ${JSON.stringify(state)}\n\n`;
      for (const stream of streams) tell(stream);
    },
    close() {
      clearInterval(signs);
      for (const { response } of streams) response.end();
      streams.clear();
    },
  };
}
