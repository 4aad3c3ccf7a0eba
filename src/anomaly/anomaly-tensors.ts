import { SegtideError } from '../errors.js';
import type { Tensor, Tensors } from '../numeric/safetensors.js';
import type { AnomalyModel, Usual } from './anomaly-model.js';
import type { TDigest } from './t-digest.js';

/** An anomaly model as named tensors, with what describes them as plain JSON. */
export interface StoredAnomalyModel {
  readonly header: AnomalyHeader;
  readonly tensors: Tensors;
}

export interface AnomalyHeader {
  readonly sampled: number;
  /** Shape of what is usual; digests are numbered in the order in which they are stored. */
  readonly whole: StoredUsual;
  readonly known: StoredUsual | null;
  readonly partial: StoredUsual;
  /** Centroids of each digest. */
  readonly digests: readonly number[];
}

type Numbers = Readonly<Record<string, number>>;

interface StoredUsual {
  readonly all: Numbers;
  readonly segments: readonly Numbers[];
  readonly score: number;
}

export function toAnomalyTensors({
  references,
  spreads,
  forest,
  courses,
  courseSpreads,
  ...usual
}: AnomalyModel): StoredAnomalyModel {
  const digests: TDigest[] = [];
  const number = (digest: TDigest): number => digests.push(digest) - 1;
  const numbers = (of: Usual['all']): Numbers =>
    Object.fromEntries(Object.entries(of).map(([part, digest]) => [part, number(digest)]));
  const store = ({ all, segments, score }: Usual): StoredUsual => ({
    all: numbers(all),
    segments: segments.map(numbers),
    score: number(score),
  });
  const header = {
    sampled: forest.sampled,
    whole: store(usual.whole),
    known: usual.known ? store(usual.known) : null,
    partial: store(usual.partial),
  };
  const tensors: Record<string, Tensor> = {
    [REFERENCES]: { shape: [references.length, references.cells], values: references.values },
    [SPREADS]: { shape: [references.cells], values: spreads },
    [COURSES]: vector(courses),
    [COURSE_SPREADS]: vector(courseSpreads),
    [ROOTS]: integers(forest.roots),
    [FEATURES]: integers(forest.features),
    [CUTS]: vector(forest.cuts),
    [RIGHTS]: integers(forest.rights),
    [MEANS]: vector(Float64Array.from(digests.flatMap(({ means }) => Array.from(means)))),
    [WEIGHTS]: vector(Float64Array.from(digests.flatMap(({ weights }) => Array.from(weights)))),
  };
  return { header: { ...header, digests: digests.map(({ means }) => means.length) }, tensors };
}

/** @throws SegtideError `state` when header and tensors do not belong together */
export function fromAnomalyTensors({ header, tensors }: StoredAnomalyModel): AnomalyModel {
  const means = take(tensors, MEANS, Float64Array);
  const weights = take(tensors, WEIGHTS, Float64Array);
  const ends = header.digests.map((_, i) => header.digests.slice(0, i + 1).reduce((sum, count) => sum + count, 0));
  if (means.length !== (ends.at(-1) ?? 0) || weights.length !== means.length) throw damaged('its digests do not fit');
  const digest = (i: number): TDigest => {
    const end = ends[i];
    if (end === undefined) throw damaged(`it has no digest ${i}`);
    return { means: means.slice(end - header.digests[i]!, end), weights: weights.slice(end - header.digests[i]!, end) };
  };
  const digests = (of: Numbers): Usual['all'] =>
    Object.fromEntries(Object.entries(of).map(([part, i]) => [part, digest(i)]));
  const read = ({ all, segments, score }: StoredUsual): Usual => ({
    all: digests(all),
    segments: segments.map(digests),
    score: digest(score),
  });
  const references = take(tensors, REFERENCES, Float32Array);
  const [length = 0, cells = 0] = tensors[REFERENCES]!.shape;
  const spreads = take(tensors, SPREADS, Float32Array);
  if (spreads.length !== cells) throw damaged(`it has ${spreads.length} spreads of ${cells} cells`);
  const courses = take(tensors, COURSES, Float32Array);
  const courseSpreads = take(tensors, COURSE_SPREADS, Float32Array);
  if (courses.length !== courseSpreads.length || courses.length !== header.whole.segments.length * cells) {
    throw damaged('its courses do not fit');
  }
  const features = Int32Array.from(take(tensors, FEATURES, Float32Array));
  const cuts = take(tensors, CUTS, Float32Array);
  const rights = Uint32Array.from(take(tensors, RIGHTS, Float32Array));
  const roots = Uint32Array.from(take(tensors, ROOTS, Float32Array));
  // A walk that leaves the nodes would never end.
  const goesOn = (node: number): boolean =>
    features[node]! < 0 || (rights[node]! > node && rights[node]! < features.length);
  if (cuts.length !== features.length || rights.length !== features.length || !features.every((_, i) => goesOn(i))) {
    throw damaged('its trees do not fit');
  }
  return {
    references: { length, cells, values: references },
    spreads,
    forest: { sampled: header.sampled, roots, features, cuts, rights },
    courses,
    courseSpreads,
    whole: read(header.whole),
    known: header.known === null ? undefined : read(header.known),
    partial: read(header.partial),
  };
}

const REFERENCES = 'references';
const SPREADS = 'spreads';
const COURSES = 'courses';
const COURSE_SPREADS = 'courses.spreads';
const ROOTS = 'forest.roots';
const FEATURES = 'forest.features';
const CUTS = 'forest.cuts';
const RIGHTS = 'forest.rights';
const MEANS = 'digests.means';
const WEIGHTS = 'digests.weights';

function vector(values: Tensor['values']): Tensor {
  return { shape: [values.length], values };
}

/** Numbers of nodes and cells, far below 2^24, are exact as they are. */
function integers(values: Uint32Array | Int32Array): Tensor {
  return vector(Float32Array.from(values));
}

function take<T extends Tensor['values']>(tensors: Tensors, name: string, kind: new (n: number) => T): T {
  const tensor = tensors[name];
  if (tensor?.values instanceof kind) return tensor.values;
  throw damaged(`${name} should be a ${kind.name}`);
}

function damaged(what: string): SegtideError {
  return new SegtideError(
    'state',
    `The stored anomaly model can't be read: ${what}. Use an undamaged copy, or train anew.`,
  );
}
