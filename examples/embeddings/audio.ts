// Sounds: synthesised, by what makes them. `npx tsx examples/embeddings/audio.ts`
// Mel-frequency cepstral coefficients of a spectrogram, by the fast Fourier transform of ml-spectra-processing.
import { reimFFT } from 'ml-spectra-processing';
import { createRandom } from '../seeded-random.js';
import { clusterItems } from './cluster-items.js';

const SOUNDS = Number(process.argv[2] ?? 40);
const RATE = 16_000; // samples per second
const LENGTH = RATE / 2;
const FRAME = 512;
const BANDS = 20;
const COEFFICIENTS = 12;

const random = createRandom(1);

/** Value of a sound at a time in seconds; each is made anew with a pitch and an attack of its own. */
const KINDS: Readonly<Record<string, (pitch: number) => (time: number) => number>> = {
  // Odd partials, as a tube that is closed at one end has them.
  clarinet: (pitch) => (time) => sum([1, 3, 5, 7], (partial) => tone(pitch * partial, time) / partial),
  flute: (pitch) => (time) => tone(pitch * 2, time) + 0.2 * tone(pitch * 4, time) + 0.05 * random.normal(),
  bell: (pitch) => (time) => sum([2.76, 5.4, 8.93], (partial) => tone(pitch * partial, time) * Math.exp(-6 * time)),
  siren: (pitch) => (time) => tone(pitch * 3, time + 0.02 * tone(5, time)),
  drum: (pitch) => (time) => (tone(pitch / 3, time) + 0.5 * random.normal()) * Math.exp(-25 * time),
};

const sounds = Object.entries(KINDS).flatMap(([kind, voice]) =>
  Array.from({ length: SOUNDS }, (_, i) => {
    const at = voice(220 * 2 ** (0.3 * random.normal()));
    const samples = Float64Array.from({ length: LENGTH }, (_, n) => at(n / RATE) + 0.02 * random.normal());
    return { name: `${kind}-${i}`, kind, embedding: toEmbedding(samples) };
  }),
);
await clusterItems(sounds, Object.keys(KINDS).length);

/** Mean and deviation over time of the cepstral coefficients but the first, which is how loud it is. */
function toEmbedding(samples: Float64Array): number[] {
  const frames: number[][] = [];
  for (let start = 0; start + FRAME <= samples.length; start += FRAME / 2) {
    frames.push(toCepstrum(toBands(samples.subarray(start, start + FRAME))));
  }
  const means = frames[0]!.map((_, i) => sum(frames, (frame) => frame[i]!) / frames.length);
  const spreads = means.map((mean, i) => Math.sqrt(sum(frames, (frame) => (frame[i]! - mean) ** 2) / frames.length));
  return [...means, ...spreads];
}

/** The course of a spectrum over its bands as a sum of cosines (Davis & Mermelstein, 1980): slow ones are the timbre. */
function toCepstrum(bands: readonly number[]): number[] {
  return Array.from({ length: COEFFICIENTS }, (_, i) =>
    bands.reduce((total, value, band) => total + value * Math.cos((Math.PI * (i + 1) * (band + 0.5)) / BANDS), 0),
  );
}

/** Logarithm of the energy of one frame in bands whose width grows with the frequency (the mel scale). */
function toBands(frame: Float64Array): number[] {
  const windowed = frame.map((value, n) => value * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / FRAME)));
  const { re, im } = reimFFT({ re: windowed, im: new Float64Array(FRAME) });
  const energies = new Array<number>(BANDS).fill(1e-3);
  const top = toMel(RATE / 2);
  for (let bin = 1; bin < FRAME / 2; bin++) {
    const band = Math.floor((toMel((bin * RATE) / FRAME) / top) * BANDS);
    energies[band]! += re[bin]! ** 2 + im[bin]! ** 2;
  }
  return energies.map(Math.log);
}

function toMel(frequency: number): number {
  return 2595 * Math.log10(1 + frequency / 700);
}

function tone(frequency: number, time: number): number {
  return Math.sin(2 * Math.PI * frequency * time);
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
