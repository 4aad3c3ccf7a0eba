/**
 * A sink of a user's own: the default export of an ES module that the config names. It is handed records of the outputs
 * beside files or topics, in a thread of its own.
 *
 * @example
 * export default {
 *   kind: 'sink',
 *   open: () => ({
 *     write: async (output, records) => send(output, records),
 *     flush: () => undefined,
 *   }),
 * };
 */
export interface SinkPlugin {
  readonly kind: 'sink';
  /** @param context names of the outputs whose records will come; a worker's and a trainer's are opened apart */
  open(context: { readonly outputs: readonly string[] }): OpenedSink | Promise<OpenedSink>;
}

/** A record as its output is written in JSON: docs/outputs.md has the fields. */
export type SinkRecord = Readonly<Record<string, unknown>>;

/** A sink that is ready. Its calls come one after another. */
export interface OpenedSink {
  /**
   * Takes records of one output, in their order. They may come again after a restart, and must then do no harm; more come
   * when it resolves.
   */
  write(output: string, records: readonly SinkRecord[]): void | Promise<void>;
  /** Resolves when every earlier record is safe: what comes before it is not handed over again. */
  flush(): void | Promise<void>;
  /** Called at the end, after a last flush where all went well. */
  close?(): void | Promise<void>;
}
