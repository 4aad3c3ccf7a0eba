import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OUTPUTS } from '../../src/publish/output.js';

const text = readFileSync(new URL('../../docs/outputs.md', import.meta.url), 'utf8');

describe('docs/outputs.md', () => {
  it.each(OUTPUTS.map(({ name, schema }) => ({ name, schema })))(
    'lists the fields of $name as its schema does',
    ({ name, schema }) => {
      const section = text.split(`\n## ${name}\n`)[1]!.split('\n## ')[0]!;
      const rows = [...section.matchAll(/^\| `(\w+)` \| .* \| (.+) \|$/gm)].map(([, field, doc]) => [field, doc]);
      expect(rows).toEqual(schema.fields.map((field) => [field.name, field.doc.replaceAll('|', '\\|')]));
      expect(section).toContain(schema.doc);
    },
  );
});
