import { MOST_EMBEDDING_NUMBERS } from './most-embedding-numbers.js';

/** Channels that a stream may have: an embedding that records carry is a channel a number. */
export const MOST_CHANNELS = MOST_EMBEDDING_NUMBERS;

/** Those of topics: statistics of 384 channels and a thousand windows take the megabyte that brokers allow a message. */
export const MOST_CHANNELS_OF_TOPICS = 255;
