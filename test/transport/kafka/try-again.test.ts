import { describe, expect, it } from 'vitest';
import { tryAgain } from '../../../src/transport/kafka/try-again.js';

describe('trying again', () => {
  /** Fails so many times with numbered errors, then answers. */
  const failing = (times: number) => {
    let asked = 0;
    const ask = async (): Promise<number> => {
      asked++;
      if (asked <= times) throw new Error(`failure ${asked}`);
      return asked;
    };
    return { ask, asked: () => asked };
  };

  it('asks until there is an answer', async () => {
    expect(await tryAgain(failing(3).ask, 0, () => true)).toBe(4);
    expect(await tryAgain(failing(0).ask, 0, () => true)).toBe(1);
  });

  it('throws an error that will not pass at once', async () => {
    const { ask, asked } = failing(5);
    await expect(tryAgain(ask, 0, (error) => (error as Error).message !== 'failure 2')).rejects.toThrow('failure 2');
    expect(asked()).toBe(2);
  });

  it('throws the last error after twenty attempts', async () => {
    const { ask, asked } = failing(100);
    await expect(tryAgain(ask, 0, () => true)).rejects.toThrow('failure 20');
    expect(asked()).toBe(20);
  });
});
