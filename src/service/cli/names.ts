import { InvalidArgumentError, Option } from 'commander';
import { SegtideError } from '../../errors.js';
import { nearestWord } from '../../nearest-word.js';

/** Words of a list that is written with spaces, commas or both. */
export function toWords(list: readonly string[]): string[] {
  return list.flatMap((words) => words.split(',').map((word) => word.trim())).filter((word) => word !== '');
}

/**
 * What a list of names stands for, each once; `all` stands for all.
 *
 * @throws SegtideError `config` where one is unknown, with the nearest, or none is named
 */
export function pickNamed<T>(
  flag: string,
  list: readonly string[],
  all: readonly T[],
  nameOf: (item: T) => string,
): readonly T[] {
  const words = new Set(toWords(list));
  const known = all.map(nameOf);
  if (words.size === 0)
    throw new SegtideError('config', `${flag} names nothing: name all, or some of ${known.join(', ')}`);
  if (words.has('all')) return all;
  return [...words].map((word) => {
    const found = all.find((item) => nameOf(item) === word);
    if (found !== undefined) return found;
    const text = `${flag} knows no '${word}'${meant(word, known)}: name all, or some of ${known.join(', ')}`;
    throw new SegtideError('config', text);
  });
}

/** A flag that takes one of some names, and tells the nearest to one that it does not know. */
export function choiceOption(flags: string, description: string, names: readonly string[]): Option {
  return new Option(flags, description).choices(names).argParser((word: string) => {
    if (names.includes(word)) return word;
    throw new InvalidArgumentError(`Allowed choices are ${names.join(', ')}${meant(word, names)}.`);
  });
}

function meant(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known);
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
}
