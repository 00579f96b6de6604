/** Lets sockets and promises do their work until something holds; no timer is needed. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
