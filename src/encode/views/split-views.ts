import type { FittedView } from './fitted-views.js';

/** What one view says of windows. */
export interface ViewColumns {
  /** Numbers of a window; 0 where the view says nothing. */
  readonly size: number;
  readonly values: Float32Array; // (length, size)
}

/** Where the columns of views lie among those of all. */
export interface ViewLayout {
  /** Numbers of all views together, for a window. */
  readonly size: number;
  readonly views: readonly Pick<FittedView, 'offset' | 'size'>[];
}

/**
 * Each view by itself, of windows that are described by all of them side by side.
 *
 * @param described (length, size of all views)
 */
export function splitViews({ views, size: width }: ViewLayout, described: Float32Array): ViewColumns[] {
  const length = described.length / width;
  return views.map(({ offset, size }) => {
    const values = new Float32Array(length * size);
    for (let i = 0; i < length; i++) {
      values.set(described.subarray(i * width + offset, i * width + offset + size), i * size);
    }
    return { size, values };
  });
}
