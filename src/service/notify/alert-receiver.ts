import type { Alert } from '../../anomaly/alert.js';

/** Kinds of places that take alerts. */
export const RECEIVERS = ['webhook', 'alertmanager'] as const;
export type ReceiverName = (typeof RECEIVERS)[number];

/** An alert as it leaves, and when it ends. */
export interface SentAlert {
  readonly alert: Alert;
  /** As it was told before, where it was. */
  readonly before: Alert | undefined;
  /** When it was first told, epoch ms. */
  readonly startsAt: number;
  /** In the past for one that has ended, epoch ms. */
  readonly endsAt: number;
  readonly state: 'firing' | 'resolved';
}

/** What is posted at once. */
export interface AlertRequest {
  readonly alerts: readonly SentAlert[];
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where alerts go: how they are put there in words. */
export interface AlertReceiver {
  readonly name: ReceiverName;
  /** Requests that hold all of the alerts, each once. */
  toRequests(alerts: readonly SentAlert[]): readonly AlertRequest[];
}

/** Parts of at most so many alerts and bytes; a part has one alert at least, however large. */
export function inParts<T>(
  given: readonly T[],
  { most, maxBytes, sizeOf }: { readonly most: number; readonly maxBytes: number; readonly sizeOf: (one: T) => number },
): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let bytes = 0;
  for (const one of given) {
    const size = sizeOf(one);
    const last = parts.at(-1);
    if (last === undefined || last.length >= most || bytes + size > maxBytes) {
      parts.push([one]);
      bytes = size;
    } else {
      last.push(one);
      bytes += size;
    }
  }
  return parts;
}

/** Of one request's alerts, about. */
export const MAX_REQUEST_BYTES = 524_288;
