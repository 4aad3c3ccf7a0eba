/** Where a plug-in is, as plain data that threads and processes can be told. */
export interface PluginModule {
  /** What the config, models, records and errors call it. */
  readonly name: string;
  /** URL of its ES module, `file:`; nothing is ever fetched. */
  readonly module: string;
  /** Time that one call of it may take, ms; one that takes longer hangs, and its thread is ended. */
  readonly timeLimitMs: number;
}

/** What a plug-in may be, with what it must have. */
export const PLUGIN_METHODS = {
  encoder: ['fit', 'open'],
  clusterer: ['fit'],
  'drift-statistic': ['measure'],
  'alert-rule': ['judge'],
  sink: ['open'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** What a plug-in's `open` must give, where it has one. */
export const OPENED_METHODS = {
  encoder: ['encode'],
  clusterer: [],
  'drift-statistic': [],
  'alert-rule': [],
  sink: ['write', 'flush'],
} as const satisfies Readonly<Record<PluginKind, readonly string[]>>;

export type PluginKind = keyof typeof PLUGIN_METHODS;
