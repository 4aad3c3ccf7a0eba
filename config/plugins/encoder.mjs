// An encoder of your own: which vector stands for a window? Segments are found among these vectors.
// This one takes the mean of each quarter of the window, about what is usual in the windows of its training.

const PARTS = 4;

/** @type {import('segtide').EncoderPlugin} */
export default {
  kind: 'encoder',

  // Learns from the windows of a training. What it gives is stored in the model, and is all that `open` is handed,
  // in whatever process: `parameters` are plain JSON, `tensors` typed arrays. Here: what is usual.
  fit(series) {
    const { length, channels } = series;
    const size = PARTS * channels;
    const means = partMeans(series);
    const usual = new Float32Array(size);
    for (let i = 0; i < means.length; i++) usual[i % size] += means[i] / Math.max(1, length);
    return { embeddingSize: size, tensors: { usual: { shape: [size], values: usual } } };
  },

  open({ embeddingSize, tensors }) {
    const { values: usual } = tensors.usual;
    return {
      // One vector a window, in order; each of its own window alone, and never at random.
      encode: (series) => partMeans(series).map((mean, i) => mean - usual[i % embeddingSize]),
    };
  },
};

/** Means by window, part and channel, over the cells that were observed. */
function partMeans({ length, steps, channels, values, mask }) {
  const means = new Float32Array(length * PARTS * channels);
  const counts = new Uint32Array(means.length);
  for (let i = 0; i < values.length; i++) {
    const window = Math.floor(i / (steps * channels));
    const step = Math.floor(i / channels) % steps;
    const part = Math.floor((step * PARTS) / steps);
    const at = (window * PARTS + part) * channels + (i % channels);
    if (mask[i] > 1) continue; // 2: missing, 3: absent
    means[at] += values[i];
    counts[at]++;
  }
  return means.map((sum, at) => sum / Math.max(1, counts[at]));
}
