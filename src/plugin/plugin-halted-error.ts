import { SegtideError } from '../errors.js';

/** A call that hung or ended its thread: what it was asked is lost. */
export class PluginHaltedError extends SegtideError {}
