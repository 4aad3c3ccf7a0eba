/** Numbers of an embedding that comes from somebody else's code: k-means compares all of them, window by window. */
export const MOST_EMBEDDING_NUMBERS = 4096;
