import { describe, expect, it } from 'vitest';
import { memoryAdvice, toTrainingEndError } from '../../src/train/training-end.js';

const ADVICE = /It ran out of memory: lower model\.reservoir, encoder\.batch or encoder\.hidden, or give it more/;

describe('the error of a training whose process is gone', () => {
  it.each([
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
    ['memory allocation of 549755813888 bytes failed'],
    ["terminate called after throwing an instance of 'std::bad_alloc'"],
    ['RangeError: WebAssembly.Memory(): could not allocate memory: out of memory'],
  ])('says that memory ran out, and what to do: %s', (line) => {
    const said = `<--- Last few GCs --->\n\n${line}\nnote: something else\n 1: 0xb0 node::Abort() [node]\n`;
    const error = toTrainingEndError({ code: null, signal: 'SIGABRT', said });
    expect(error).toMatchObject({ code: 'encoder', retriable: true });
    expect(error.message).toContain(`The training's process ended by SIGABRT (${line}).`);
    expect(error.message).toMatch(ADVICE);
  });

  it('names what else was said, and no memory', () => {
    const { message } = toTrainingEndError({
      code: 7,
      signal: null,
      said: 'x\nTypeError: y is not a function\n  at z\n',
    });
    expect(message).toBe("The training's process ended by exit code 7 (TypeError: y is not a function).");
  });

  it('tells that a system without memory kills', () => {
    const { message } = toTrainingEndError({ code: null, signal: 'SIGKILL', said: '' });
    expect(message).toMatch(/ended by SIGKILL\. Where nobody killed it, .*lack of memory/);
  });
});

describe('the advice', () => {
  it('is given where a message speaks of memory', () => {
    expect(memoryAdvice('Array buffer allocation failed')).toMatch(ADVICE);
    expect(memoryAdvice('The loss became NaN')).toBe('');
  });
});
