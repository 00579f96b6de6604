/** One clause row as packages/testkit/src/clauses holds it. */
export type ClauseRow = readonly [
  id: string,
  binds: 'server' | 'client' | 'both',
  says: string,
  options?: { readonly same?: readonly string[]; readonly when?: string },
];

/** Both clause lists and the features that some clauses presuppose. */
export interface ClauseLists {
  readonly mqtt5: readonly ClauseRow[];
  readonly mqtt311: readonly ClauseRow[];
  readonly features: Readonly<Record<string, { readonly met: boolean; readonly why: string }>>;
}

/** What a scan found; every list holds printable lines and is empty when all is well. */
export interface Coverage {
  /** The text of docs/spec-coverage.md. */
  readonly doc: string;
  /** Citations of clauses that do not exist. */
  readonly unknown: readonly string[];
  /** Clause numbers written in any other form than the style guide has. */
  readonly malformed: readonly string[];
  /** Clauses that bind the broker without a source file or without a test. */
  readonly uncovered: readonly string[];
}

/**
 * Joins the clause lists with the citations in sources and tests.
 * @param files  path from the root with `/` -> text: the `.ts` files of `src` and `test` of every package
 */
export function specCoverage(files: Readonly<Record<string, string>>, lists: ClauseLists): Coverage;

/** Reads the files that {@link specCoverage} scans, below the root of the workspace. */
export function readSources(): Record<string, string>;

/** Reads the clause lists out of packages/testkit/src/clauses, unbuilt, for Node cannot import them as they are. */
export function readLists(): Promise<ClauseLists>;
