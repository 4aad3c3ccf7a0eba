import { SegtideError } from '../../errors.js';
import type { FileFormat } from './input-files.js';

/**
 * Refuses text of which no record could be read, by its first bytes: another encoding, or one JSON array.
 *
 * @throws SegtideError 'input' that names what it is, and how to turn it into what is read
 */
export function refuseOtherText(head: Uint8Array, format: FileFormat, path: string): void {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw refuse(path, 'is UTF-16 text, and segtide reads UTF-8', 'Convert it: iconv -f UTF-16 -t UTF-8');
  }
  if (format === 'ndjson' && JSON_ARRAY.test(Buffer.from(head).toString('utf8'))) {
    throw refuse(path, 'is one JSON array, and segtide reads a JSON object a line (NDJSON)', "Convert it: jq -c '.[]'");
  }
}

const JSON_ARRAY = /^\ufeff?\s*\[\s*\{/;

function refuse(path: string, what: string, advice: string): SegtideError {
  return new SegtideError('input', `${path} ${what}. ${advice}`, { context: { path } });
}
