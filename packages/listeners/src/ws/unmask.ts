/** Messages from which on a view of words is worth making; shorter ones are done byte by byte. */
export const MIN_WORD_BYTES = 256;

/**
 * Removes the mask of a WebSocket message in place, four bytes at a time.
 * @param mask  four bytes
 * @see RFC 6455, 5.3 Client-to-Server Masking
 */
export function unmask(data: Buffer, mask: Uint8Array): void {
  const { buffer, byteOffset, length } = data;
  // A word lies at a multiple of four.
  const wordsAt = length < MIN_WORD_BYTES ? length : -byteOffset & 3;
  unmaskBytes(data, mask, 0, wordsAt);
  if (wordsAt === length) return;
  const words = new Int32Array(buffer, byteOffset + wordsAt, (length - wordsAt) >> 2);
  const word = wordOf(mask, wordsAt);
  for (let i = 0; i < words.length; i++) words[i]! ^= word;
  unmaskBytes(data, mask, wordsAt + words.length * 4, length);
}

function unmaskBytes(data: Buffer, mask: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) data[i]! ^= mask[i & 3]!;
}

/** The mask as it meets a word that begins at `at`, in the byte order of the machine. */
function wordOf(mask: Uint8Array, at: number): number {
  const turned = new Uint8Array(4);
  for (let i = 0; i < 4; i++) turned[i] = mask[(at + i) & 3]!;
  return new Int32Array(turned.buffer)[0]!;
}
