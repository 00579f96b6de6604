/** Bytes that this thread's heap holds, and buffers outside it, after a garbage collection. Needs --expose-gc. */
export async function heldBytes() {
  // What waits in finalizers and closing handles is gone after a few turns.
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
