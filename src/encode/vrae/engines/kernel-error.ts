import { SegtideError } from '../../../errors.js';

const NO_MEMORY = /out of memory|memory allocation|allocation failed|could not allocate/i;

/** What a call of the kernel threw, as an error of ours; `fatal` when the kernel must not be called again. */
export function toKernelError(
  engine: string,
  cause: unknown,
): { readonly error: SegtideError; readonly fatal: boolean } {
  if (cause instanceof SegtideError) return { error: cause, fatal: false };
  const { name, message } = cause as Error;
  if (NO_MEMORY.test(message)) {
    const text =
      `The ${engine} engine does not get the memory that it needs (${message}). Lower encoder.batch, encoder.hidden or ` +
      'window.steps, or give the process more memory.';
    return { error: new SegtideError('encoder', text, { cause }), fatal: false };
  }
  // A panic of the addon, and a trap of WebAssembly.
  const fatal = name === 'RuntimeError' || message.startsWith('the engine has failed');
  const text = fatal
    ? `The ${engine} engine has failed and is not used any more: ${message}. Make a new one, or set encoder.engine to another.`
    : message;
  return { error: new SegtideError('encoder', text, { cause }), fatal };
}
