// Images: drawn, by what they show. `npx tsx examples/embeddings/images.ts`
// Histograms of oriented gradients: which way edges run, in the whole picture and whatever its colours.
import { createRandom } from '../seeded-random.js';
import { clusterItems } from './cluster-items.js';

const IMAGES = Number(process.argv[2] ?? 40);
const SIZE = 32;
const DIRECTIONS = 12;

const random = createRandom(1);

/** Whether a place, as seen from the middle of a shape of radius 1, is in it. */
const SHAPES: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  disc: (x, y) => Math.hypot(x, y) < 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.9,
  diamond: (x, y) => Math.abs(x) + Math.abs(y) < 1.1,
  stripes: (_, y) => Math.abs(y) < 1 && Math.floor((y + 1) * 3) % 2 === 0,
  bars: (x) => Math.abs(x) < 1 && Math.floor((x + 1) * 3) % 2 === 0,
};

const images = Object.entries(SHAPES).flatMap(([kind, isInside]) =>
  Array.from({ length: IMAGES }, (_, i) => ({
    name: `${kind}-${i}`,
    kind,
    embedding: toEmbedding(draw(isInside)),
  })),
);
await clusterItems(images, Object.keys(SHAPES).length);

/** A shape of any size, somewhere, lighter or darker than what is behind it, and with noise over all. */
function draw(isInside: (x: number, y: number) => boolean): Float64Array {
  const radius = SIZE * (0.22 + 0.15 * random.uniform());
  const [x, y] = [0, 0].map(() => SIZE * (0.4 + 0.2 * random.uniform())) as [number, number];
  const [behind, colour] = random.uniform() < 0.5 ? [0.2, 0.8] : [0.8, 0.2];
  return Float64Array.from({ length: SIZE * SIZE }, (_, pixel) => {
    const column = pixel % SIZE;
    const row = Math.floor(pixel / SIZE);
    return (isInside((column - x) / radius, (row - y) / radius) ? colour : behind) + 0.04 * random.normal();
  });
}

/** Share of the edges that run each way (Dalal & Triggs, 2005), by its root, so that faint ones count as well. */
function toEmbedding(pixels: Float64Array): number[] {
  const weights = new Array<number>(DIRECTIONS).fill(0);
  const at = (column: number, row: number) => pixels[row * SIZE + column]!;
  for (let row = 1; row < SIZE - 1; row++) {
    for (let column = 1; column < SIZE - 1; column++) {
      const across = at(column + 1, row) - at(column - 1, row);
      const down = at(column, row + 1) - at(column, row - 1);
      // An edge from light to dark is the same as one from dark to light: half a turn is the whole range.
      const angle = (Math.atan2(down, across) + 2 * Math.PI) % Math.PI;
      weights[Math.round((angle / Math.PI) * DIRECTIONS) % DIRECTIONS]! += Math.hypot(across, down);
    }
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => Math.sqrt(weight / total));
}
