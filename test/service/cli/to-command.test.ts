import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { toCommand } from '../../../src/service/cli/to-command.js';

it('writes words as a shell reads them', () => {
  const words = ['plain', 'a b', "it's", '*.ndjson', '$HOME', '', 'x=[{name: value}]', 'models/v1.safetensors'];
  const read = execFileSync('sh', ['-c', `printf '%s\\n' ${toCommand(...words)}`], { encoding: 'utf8' });
  expect(read).toBe(words.map((word) => `${word}\n`).join(''));
  expect(toCommand('segtide', 'run', 'data/usage.ndjson')).toBe('segtide run data/usage.ndjson');
});
