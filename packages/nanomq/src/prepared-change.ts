/**
 * A change of the configuration that was checked and made ready, and waits until everybody else it concerns has done so
 * too. One of `commit` and `discard` is to be called, once.
 */
export interface PreparedChange {
  /** Names of listeners, `tcp:default`, whose change waits for a restart. */
  readonly held: readonly string[];
  /** Puts it in force; does not fail. */
  commit(): void;
  /** Leaves everything as it was. */
  discard(): Promise<void>;
}

/** Several changes as one. */
export function joinChanges(changes: readonly PreparedChange[]): PreparedChange {
  return {
    held: [...new Set(changes.flatMap(({ held }) => held))],
    commit: () => {
      for (const change of changes) change.commit();
    },
    discard: async () => {
      await Promise.all(changes.map((change) => change.discard()));
    },
  };
}
