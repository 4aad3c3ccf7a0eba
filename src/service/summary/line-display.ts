/** One line that tells how far something is: rewritten on a terminal, a plain line now and then elsewhere. */
export interface LineDisplay {
  /** @param line asked for its text only where that is shown; `seconds` is the time since the display was made */
  readonly show: (line: (seconds: number) => string) => void;
  /** Writes whole lines above the line. */
  readonly above: (text: string) => void;
  /** Takes the line away. */
  readonly clear: () => void;
}

export interface LineDisplayOptions {
  readonly quiet: boolean;
  /** Epoch ms. */
  readonly now: () => number;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export function createLineDisplay(stream: Stream, { quiet, now }: LineDisplayOptions): LineDisplay {
  const live = stream.isTTY === true;
  const began = now();
  let shownAt = live ? Number.NEGATIVE_INFINITY : began;
  let line = '';
  return {
    show: (next) => {
      const at = now();
      if (quiet || at - shownAt < (live ? LIVE_MS : PLAIN_MS)) return;
      shownAt = at;
      line = next((at - began) / 1000);
      if (live) line = line.slice(0, (stream.columns ?? 80) - 1);
      stream.write(live ? `\r${line}${CLEAR_REST}` : `${line}\n`);
    },
    above: (text) => {
      if (!live || line === '') stream.write(text);
      else stream.write(`\r${CLEAR_REST}${text}${line}`);
    },
    clear: () => {
      if (live && line !== '') stream.write(`\r${CLEAR_REST}`);
      line = '';
    },
  };
}

const LIVE_MS = 100;
const PLAIN_MS = 5000;
/** Clears from the cursor to the end of the line. */
const CLEAR_REST = '\x1b[K';
