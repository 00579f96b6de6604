import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use in this process after a collection: the heap and the buffers outside of it. */
export function usedBytes(): number {
  // V8 frees the buffers of a collection in a thread of its own; the next collection waits for that to be over.
  collectGarbage();
  collectGarbage();
  // `external` counts buffers too, but drops only some time after the collection.
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
