// An alert rule of your own: which windows is somebody to look at? This one tells of customers who ended far below what
// they had in the first half of the window.

const LEAST = 10; // usage of the first half, in the channel's units: of less there is nothing to lose
const DROP = 0.8;

/** @type {import('segtide').AlertRulePlugin} */
export default {
  kind: 'alert-rule',

  // Asked about each window once, when it has closed: one verdict a window, in order, or null for nothing to tell. Each is
  // of its own window alone. `windows.segmentIds`, `distances` and so on are what the model says.
  judge(windows) {
    return Array.from({ length: windows.length }, (_, i) => {
      const [before, after] = halves(windows, i);
      const drop = before < LEAST ? 0 : 1 - after / before;
      if (drop < DROP) return null;
      return {
        severity: after === 0 ? 'high' : 'medium',
        score: drop,
        threshold: DROP,
        text: `usage fell from ${before.toPrecision(3)} in the first half of the window to ${after.toPrecision(3)}`,
      };
    });
  },
};

/** Usage of all channels in each half of a window, over the cells that are known. */
function halves({ steps, channels, values, mask }, window) {
  const sums = [0, 0];
  for (let step = 0; step < steps; step++) {
    for (let channel = 0; channel < channels; channel++) {
      const at = (window * steps + step) * channels + channel;
      if (mask[at] > 1) continue; // 2: missing, 3: absent
      sums[step < steps / 2 ? 0 : 1] += values[at];
    }
  }
  return sums;
}
