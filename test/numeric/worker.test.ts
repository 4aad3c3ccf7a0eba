import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hashBytes } from '../../src/numeric/hash.js';
import { toWorker } from '../../src/numeric/worker.js';

describe('toWorker', () => {
  it('runs a module of the sources, with its imports and its data', async () => {
    const worker = toWorker(new URL('./fixtures/echo-thread.js', import.meta.url), { text: 'N12345' });
    const [answer] = await once(worker, 'message');
    expect(answer).toBe(hashBytes(new TextEncoder().encode('N12345'), 0, 6));
    await worker.terminate();
  });
});
