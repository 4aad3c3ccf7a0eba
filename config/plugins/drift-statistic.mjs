// A drift statistic of your own: how far are windows from what they were? This one is the energy distance between the
// samples of embeddings (Székely and Rizzo, 2013), segment by segment, so that customers who move from one segment to
// another are no drift: 0 where nothing changed, at most 1.

const LEAST_ROWS = 10; // of a segment, on either side: fewer say little

/** @type {import('segtide').DriftStatisticPlugin} */
export default {
  kind: 'drift-statistic',

  // Asked in each round of drift reports: one value a subject, or none where there is nothing to say. The same sides must
  // give the same. Beside the sample there are histograms of channels, coordinates, distances and errors, and moments.
  measure(reference, current) {
    const { segmentIds, size } = current;
    let total = 0;
    let rows = 0;
    for (const segment of segmentIds.keys()) {
      const before = rowsOf(reference.sample, segment, size);
      const now = rowsOf(current.sample, segment, size);
      if (before.length < LEAST_ROWS || now.length < LEAST_ROWS) continue;
      total += now.length * energyDistance(before, now);
      rows += now.length;
    }
    return rows === 0 ? [] : [{ subject: 'all', value: total / rows }];
  },
};

/** Embeddings of a segment's windows. */
function rowsOf({ length, values, segments }, segment, size) {
  const rows = [];
  for (let i = 0; i < length; i++) {
    if (segments[i] === segment) rows.push(values.subarray(i * size, (i + 1) * size));
  }
  return rows;
}

/** How much farther rows lie from those of the other side than from those of their own, relative to the former. */
function energyDistance(a, b) {
  const across = sumOfDistances(a, b) / (a.length * b.length);
  const withinA = sumOfDistances(a, a) / (a.length * (a.length - 1));
  const withinB = sumOfDistances(b, b) / (b.length * (b.length - 1));
  return across === 0 ? 0 : (2 * across - withinA - withinB) / (2 * across);
}

function sumOfDistances(a, b) {
  let sum = 0;
  for (const x of a) {
    for (const y of b) {
      let squared = 0;
      for (let d = 0; d < x.length; d++) squared += (x[d] - y[d]) ** 2;
      sum += Math.sqrt(squared);
    }
  }
  return sum;
}
