/** What somebody asks of models and their segments, in a running stream. */
export type ModelRequest = {
  /** Unique: what is asked twice under one id is done once. */
  readonly id: string;
  /** In the words of whoever asks; goes into the history. */
  readonly reason: string;
} & (
  | { readonly kind: 'retrain' /** Begins from new weights and not from the champion's. */; readonly fresh: boolean }
  /** From the model that was seen in force to the one before it; declined where another is in force by then. */
  | { readonly kind: 'rollback'; readonly from: string; readonly to: string }
  | { readonly kind: 'promote'; readonly modelVersion: string }
  /** Former models to keep from now until the next one is promoted. */
  | { readonly kind: 'prune'; readonly keep: number }
  /** What a segment is called from now on, also under later models; an empty name gives it its made one back. */
  | { readonly kind: 'rename'; readonly segmentId: string; readonly name: string }
);

/** A request of some kinds. */
export type RequestOf<Kind extends ModelRequest['kind']> = ModelRequest & { readonly kind: Kind };

/** The model that is to be in force; undefined where none is named. */
export function askedFor(request: RequestOf<'rollback' | 'promote'>): string;
export function askedFor(request: ModelRequest): string | undefined;
export function askedFor(request: ModelRequest): string | undefined {
  if (request.kind === 'rollback') return request.to;
  return request.kind === 'promote' ? request.modelVersion : undefined;
}

/** What is asked for, without its reason. */
export function requestInWords(request: ModelRequest): string {
  if (request.kind === 'rollback') return `rollback from ${request.from} to ${request.to}`;
  if (request.kind === 'rename') return `rename ${request.segmentId} to '${request.name}'`;
  return request.kind === 'promote' ? `promote ${request.modelVersion}` : request.kind;
}

/** Characters that a segment's name may have. */
export const LONGEST_NAME = 200;
/** What a segment's name is made of: no control characters, which would reach the terminals of all who list it. */
export const NAME_PATTERN = /^\P{Cc}*$/u;

function isName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= LONGEST_NAME && NAME_PATTERN.test(name);
}

/** Reads a request from JSON; undefined for what is none. */
export function readModelRequest(text: string): ModelRequest | undefined {
  let read: Partial<Record<string, unknown>>;
  try {
    read = JSON.parse(text) ?? {};
  } catch {
    return undefined;
  }
  const { id, reason, kind, fresh, from, to, modelVersion, keep, segmentId, name } = read;
  if (typeof id !== 'string' || id === '' || typeof reason !== 'string') return undefined;
  if (kind === 'retrain') return { id, reason, kind, fresh: fresh === true };
  if (kind === 'rollback' && typeof from === 'string' && typeof to === 'string') return { id, reason, kind, from, to };
  if (kind === 'promote' && typeof modelVersion === 'string') return { id, reason, kind, modelVersion };
  if (kind === 'prune' && Number.isInteger(keep) && Number(keep) >= 1) return { id, reason, kind, keep: Number(keep) };
  if (kind === 'rename' && typeof segmentId === 'string' && isName(name)) {
    return { id, reason, kind, segmentId, name };
  }
  return undefined;
}
