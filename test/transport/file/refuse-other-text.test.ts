import { describe, expect, it } from 'vitest';
import { refuseOtherText } from '../../../src/transport/file/refuse-other-text.js';

const check = (text: string | Buffer, format: 'ndjson' | 'csv' = 'ndjson') => {
  return () => refuseOtherText(Buffer.from(text as string), format, 'usage');
};

describe('refuseOtherText', () => {
  it.each(['ndjson', 'csv'] as const)('names UTF-16 of either order: %s', (format) => {
    const little = Buffer.from('\ufeffid', 'utf16le');
    expect(check(little, format)).toThrow('usage is UTF-16 text');
    expect(check(Buffer.from(little).swap16(), format)).toThrow('usage is UTF-16 text');
  });

  it.each(['[{"a":1}]', '[\n  {\n', '\ufeff [ {'])('names a JSON array: %j', (text) => {
    expect(check(text)).toThrow('usage is one JSON array');
    expect(check(text, 'csv')).not.toThrow();
  });

  it.each(['', '{', '{"a":[{}]}', '[1,2]\n{}', '[[[', '\ufeff{}'])('lets pass what may hold records: %j', (text) => {
    expect(check(text)).not.toThrow();
  });
});
