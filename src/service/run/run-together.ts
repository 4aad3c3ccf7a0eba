/**
 * Runs tasks side by side; where one fails, the others are told to stop. Resolves when all have ended.
 *
 * @param signal aborted to stop them all in order
 * @throws what the first to fail threw
 */
export async function runTogether(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const failed = new AbortController();
  const shared = AbortSignal.any([signal, failed.signal]);
  const run = async (task: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    try {
      await task(shared);
    } catch (error) {
      failed.abort(error);
    }
  };
  await Promise.all(tasks.map(run));
  if (failed.signal.aborted) throw failed.signal.reason;
}
