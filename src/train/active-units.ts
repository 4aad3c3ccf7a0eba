/**
 * Latent dimensions that carry information: those whose posterior mean varies over the windows by more than
 * `threshold` (Burda, Grosse & Salakhutdinov, 2016). A collapsed encoder has none.
 *
 * @param latents posterior means, (rows, latentSize)
 * @param threshold least variance. @default 0.01
 */
export function activeUnits(latents: Float32Array, latentSize: number, threshold = 0.01): number {
  const rows = latents.length / latentSize;
  let active = 0;
  for (let m = 0; m < latentSize; m++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += latents[i * latentSize + m]!;
    const mean = sum / rows;
    let squares = 0;
    for (let i = 0; i < rows; i++) squares += (latents[i * latentSize + m]! - mean) ** 2;
    if (squares / rows > threshold) active++;
  }
  return active;
}
