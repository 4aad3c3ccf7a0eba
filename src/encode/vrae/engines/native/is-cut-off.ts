/**
 * Whether the end of a shared library is missing, where it is one for Linux (ELF, 64 bits, little-endian). That must be
 * told before it is loaded: the loader maps what is not there, and the process dies of SIGBUS at the first touch of it.
 * Other systems check the length of what they load.
 *
 * Linkers write the table of sections last, and the header says where that ends.
 */
export function isCutOff(library: Uint8Array): boolean {
  const view = new DataView(library.buffer, library.byteOffset, library.byteLength);
  if (!ELF.every((byte, i) => library[i] === byte)) return false;
  if (library.length < HEADER_BYTES) return true;
  const tableStart = view.getBigUint64(TABLE_START, true);
  const tableBytes = view.getUint16(ENTRY_BYTES, true) * view.getUint16(ENTRIES, true);
  return tableStart + BigInt(tableBytes) > library.length;
}

/** How such a file begins: 0x7f, `ELF`, 64 bits, little-endian. */
const ELF = [0x7f, 0x45, 0x4c, 0x46, 2, 1];
const HEADER_BYTES = 64;
/** Places in the header. */
const TABLE_START = 0x28;
const ENTRY_BYTES = 0x3a;
const ENTRIES = 0x3c;
