type Curves = readonly (readonly (number | null)[])[];

/** What a segment looks like, as it is drawn: each curve over the steps of a channel, or one over all channels. */
export interface DrawnCurves {
  readonly over: 'step' | 'channel';
  readonly prototype: Curves; // (curves, points)
  readonly bandLow: Curves; // (curves, points)
  readonly bandHigh: Curves; // (curves, points)
  readonly decoded: Curves | null; // (curves, points)
}

/** Windows of one step, such as embeddings that records carry, have a point in each channel: together they are a curve. */
export function drawnCurves(segment: Omit<DrawnCurves, 'over'>): DrawnCurves {
  const { prototype, bandLow, bandHigh, decoded } = segment;
  const isOneStep = prototype.length > 1 && prototype.every((curve) => curve.length <= 1);
  if (!isOneStep) return { over: 'step', prototype, bandLow, bandHigh, decoded };
  const across = (curves: Curves): Curves => [curves.flat()];
  return {
    over: 'channel',
    prototype: across(prototype),
    bandLow: across(bandLow),
    bandHigh: across(bandHigh),
    decoded: decoded && across(decoded),
  };
}
