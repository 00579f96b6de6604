/** How several listeners of one process, in threads of their own, share one address. `reusePort` or `fd`, if any. */
export interface ListenSocket {
  /**
   * Each listener has a socket of its own, and the kernel spreads connections among them. Only where
   * {@link canReusePort}: elsewhere Node does not know the option, and the second listener fails with `EADDRINUSE`.
   */
  readonly reusePort?: boolean;
  /** With `reusePort`: the port that the first of them got, where any free one (0) is asked for. */
  readonly port?: number;
  /**
   * A bound descriptor: the listeners take connections from one socket by turns. It is closed with the first of them,
   * so none may be closed while another goes on.
   */
  readonly fd?: number;
}

/** Node has had `reusePort` since 22.12 and 23.1; not every system can do it. */
export function canReusePort(version: string = process.versions.node, platform: string = process.platform): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isKnown = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
  // Windows and macOS have no way to spread connections over such sockets.
  return isKnown && platform === 'linux';
}
