import { describe, expect, it } from 'vitest';
import { LONGEST_NAME, readModelRequest } from '../../src/train/model-request.js';

const RENAME = { id: 'r', reason: '', kind: 'rename', segmentId: 's1' };

describe('readModelRequest', () => {
  it.each(['night shift', '', 'Nachtschicht – früh', 'x'.repeat(LONGEST_NAME)])('takes the name %j', (name) => {
    expect(readModelRequest(JSON.stringify({ ...RENAME, name }))).toEqual({ ...RENAME, name });
  });

  it.each(['\u001b[2J', 'a\nb', '\u009b31m', '\u0000', 'x'.repeat(LONGEST_NAME + 1), 7, null])(
    'takes no request with the name %j, whoever wrote it',
    (name) => {
      expect(readModelRequest(JSON.stringify({ ...RENAME, name }))).toBeUndefined();
    },
  );
});
