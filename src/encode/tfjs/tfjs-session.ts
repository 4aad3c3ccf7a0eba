import { nearestWord } from '../../nearest-word.js';
import type { FileSession } from '../file-encoder.js';
import type { TfjsPort } from './load-tfjs-runtime.js';

/** A TensorFlow model that a runtime has opened. */
export interface TfjsSession extends FileSession {
  /** Undefined where the model does not say. */
  readonly inputs: readonly TfjsPort[] | undefined;
}

/** Names that are told of a model that has many. */
const MOST_NAMES = 20;

/** @returns an error that says which names there are, and which of them is nearest */
export function unknownName(what: string, name: string, known: readonly string[]): Error {
  // Nodes of a converted model have the name of a layer within theirs.
  const nearest = nearestWord(name, known) ?? known.find((each) => each.includes(name));
  const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return new Error(`it has no ${what} ${name}${meant}; set encoder.layer to one of: ${inWords(known)}`);
}

/** @throws Error unless the model has one output, where none is named */
export function checkOutputs(count: number, names: readonly string[]): void {
  if (count !== 1) throw new Error(`it has ${count} outputs; name one by encoder.layer: ${inWords(names)}`);
}

function inWords(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(-MOST_NAMES).join(', ')}${more > 0 ? `, and ${more} before them` : ''}`;
}
