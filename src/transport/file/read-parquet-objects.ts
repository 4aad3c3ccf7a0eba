import type { InputFile } from './input-files.js';
import { openFile } from './open-file.js';
import { toParquetBytes } from './parquet-bytes.js';

/** The first rows of a Parquet file as objects, and how many it has. For files that are read whole; streams scan. */
export async function readParquetObjects(
  file: InputFile,
  most = Number.POSITIVE_INFINITY,
): Promise<{ readonly objects: readonly object[]; readonly rows: number }> {
  // Loaded here: most commands read no Parquet.
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const bytes = await toParquetBytes(await openFile(file, '.'));
  try {
    const buffer = {
      byteLength: bytes.size,
      slice: (start: number, end?: number) => bytes.slice(start, end ?? bytes.size),
    };
    const metadata = await parquetMetadataAsync(buffer);
    const rows = Number(metadata.num_rows);
    const objects = await parquetReadObjects({ file: buffer, metadata, compressors, rowEnd: Math.min(rows, most) });
    return { objects, rows };
  } finally {
    await bytes.close();
  }
}
