/** The channels of an array of `elements` numbers, or the fields that they are read from: `embedding.0`, `embedding.1` … */
export function elementNames(name: string, elements: number | undefined): readonly string[] {
  return elements === undefined ? [name] : Array.from({ length: elements }, (_, i) => `${name}.${i}`);
}
