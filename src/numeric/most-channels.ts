import { MOST_EMBEDDING_NUMBERS } from './most-embedding-numbers.js';

/** Channels that a stream may have: an embedding that records carry is a channel a number. */
export const MOST_CHANNELS = MOST_EMBEDDING_NUMBERS;
