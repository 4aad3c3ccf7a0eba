import { SegtideError } from '../errors.js';

/** A model can't be used where the config does not have its encoder. */
export function missingPlugin(name: string): SegtideError {
  return new SegtideError(
    'state',
    `The model's encoder is the plug-in ${name}, and the config names no module for it. Name it under \`plugins\`, or train anew.`,
  );
}
