/** What somebody asks of the life of models, in a running stream. */
export type ModelRequest = {
  /** Unique: what is asked twice under one id is done once. */
  readonly id: string;
  /** In the words of whoever asks; goes into the history. */
  readonly reason: string;
} & (
  | { readonly kind: 'retrain' /** Begins from new weights and not from the champion's. */; readonly fresh: boolean }
  /** To the model that was in force before the champion. */
  | { readonly kind: 'rollback' }
  | { readonly kind: 'promote'; readonly modelVersion: string }
  /** Former models to keep from now until the next one is promoted. */
  | { readonly kind: 'prune'; readonly keep: number }
);

/** A request of some kinds. */
export type RequestOf<Kind extends ModelRequest['kind']> = ModelRequest & { readonly kind: Kind };

/** Reads a request from JSON; undefined for what is none. */
export function readModelRequest(text: string): ModelRequest | undefined {
  let read: Partial<Record<string, unknown>>;
  try {
    read = JSON.parse(text) ?? {};
  } catch {
    return undefined;
  }
  const { id, reason, kind, fresh, modelVersion, keep } = read;
  if (typeof id !== 'string' || id === '' || typeof reason !== 'string') return undefined;
  if (kind === 'retrain') return { id, reason, kind, fresh: fresh === true };
  if (kind === 'rollback') return { id, reason, kind };
  if (kind === 'promote' && typeof modelVersion === 'string') return { id, reason, kind, modelVersion };
  if (kind === 'prune' && Number.isInteger(keep) && Number(keep) >= 1) return { id, reason, kind, keep: Number(keep) };
  return undefined;
}
