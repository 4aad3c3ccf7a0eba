import { closeSync, openSync, writeSync } from 'node:fs';
import type { WindowBatch } from '../../src/window/window-batch.js';

/** Writes {"customerId","windowStart","series"} lines, buffered. */
export function createSeriesWriter(to: string) {
  const output = openSync(to, 'w');
  const buffer = Buffer.allocUnsafe(1 << 20);
  let used = 0;
  const writer = {
    windows: 0,
    sum: 0,
    write(page: WindowBatch): void {
      const { customers, starts, values, steps } = page;
      for (let i = 0; i < page.length; i++) {
        const id = page.ids.text(customers[i]!);
        if (used + id.length * 3 + steps * 25 + 80 > buffer.length) flush();
        used += buffer.write(`{"customerId":"${id}","windowStart":${starts[i]},"series":`, used);
        let separator = 0x5b; // [
        for (let at = i * steps; at < (i + 1) * steps; at++) {
          const value = values[at]!;
          writer.sum += value;
          buffer[used++] = separator;
          used = writeDecimal(buffer, used, value);
          separator = 0x2c; // ,
        }
        used += buffer.write(']}\n', used, 'latin1');
      }
      writer.windows += page.length;
    },
    close(): void {
      flush();
      closeSync(output);
    },
  };
  const flush = (): void => {
    writeSync(output, buffer, 0, used);
    used = 0;
  };
  return writer;
}

/** Writes a value with up to six decimals, by integers alone where it is small enough. */
function writeDecimal(buffer: Buffer, at: number, value: number): number {
  if (!(value >= 0 && value < 2 ** 30)) return at + buffer.write(String(value), at, 'latin1');
  let whole = value | 0;
  let micros = Math.round((value - whole) * 1e6) | 0;
  if (micros === 1_000_000) {
    whole++;
    micros = 0;
  }
  let end = at + 1;
  for (let bound = 10; whole >= bound; bound *= 10) end++;
  for (let left = whole, k = end; k-- > at; left = (left / 10) | 0) buffer[k] = 48 + (left % 10);
  if (micros === 0) return end;
  let places = 6;
  while (micros % 10 === 0) {
    micros = (micros / 10) | 0;
    places--;
  }
  buffer[end] = 46;
  for (let k = end + places; k > end; k--, micros = (micros / 10) | 0) buffer[k] = 48 + (micros % 10);
  return end + places + 1;
}
