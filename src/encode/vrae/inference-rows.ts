/**
 * Series that inference computes at once. How TensorFlow rounds a row depends on the number of rows; with this number no
 * row has been seen to depend on its place, with 128 some did (test/encode/vrae/engines).
 */
export const INFERENCE_ROWS = 64;
