/**
 * What is to be said of an encoder from whose latents windows come back worse than their mean would tell them; undefined
 * of any other.
 *
 * @param error of reconstructions of held-out windows; null where the encoder gives none
 * @param byMean error of the mean of all windows in their place
 */
export function poorEncoder(error: number | null, byMean: number): string | undefined {
  if (error === null || error <= Math.max(POOR * byMean, NEARLY_ALIKE)) return undefined;
  return (
    `The encoder has learnt next to nothing: held-out windows come back with an error of ${inThreeDigits(error)}, and ` +
    `the mean of all would have one of ${inThreeDigits(byMean)}. Lower encoder.learningRate, or set encoder.updates higher.`
  );
}

/** Never as a power of ten: 1500, not 1.50e+3. */
function inThreeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Windows of nothing but noise come back as their mean, a little better or worse. */
const POOR = 1.1;
/** Windows that are nearly alike leave nothing to tell. */
const NEARLY_ALIKE = 1e-3;
