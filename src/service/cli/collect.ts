/** Gathers the values of a flag that may be given again and again, for commander. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}
