import { open } from 'node:fs/promises';

/** Whole lines from an offset on; a line that is longer than what is read at once is read whole. */
export async function readLines(
  path: string,
  offset: number,
  atOnce: number,
): Promise<{ readonly text: string; readonly bytes: number }> {
  const file = await open(path, 'r');
  try {
    for (let size = atOnce; ; size *= 4) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(size), 0, size, offset);
      const bytes = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
      if (bytes > 0) return { text: buffer.toString('utf8', 0, bytes), bytes };
      if (bytesRead < size) return { text: '', bytes: 0 };
    }
  } finally {
    await file.close();
  }
}
