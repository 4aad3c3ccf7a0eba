import { expect, it } from 'vitest';
import { runExample } from './run-example.js';

it('examples/stages puts each kind of customer into one segment of its own, and ends by itself', async () => {
  const lines = (await runExample('stages')).trim().split('\n');
  expect(lines).toHaveLength(3);
  const parts = lines.map((line) => /^(flat|night|office) in ([abc]): 1200 windows$/.exec(line)!);
  expect(parts.map((part) => part[1])).toEqual(['flat', 'night', 'office']);
  expect(parts.map((part) => part[2]).sort()).toEqual(['a', 'b', 'c']);
});
