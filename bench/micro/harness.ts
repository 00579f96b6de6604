/** One operation to be timed. */
export interface MicroBench {
  readonly name: string;
  /** Does the operation `operations` times. It must keep a result alive (return it), or V8 removes the work. */
  run(operations: number): unknown;
}

/** What a micro bench found. */
export interface MicroResult {
  readonly name: string;
  /** Median of the rounds. */
  readonly nanosPerOperation: number;
  /** (slowest - fastest round) / median. */
  readonly spread: number;
  /** Heap bytes allocated for each operation; NaN without `--expose-gc`. */
  readonly bytesPerOperation: number;
}

const WARM_UP_ROUNDS = 3;
const ROUNDS = 9;
const ROUND_MS = 60;
// Few enough that no collection starts in between, many enough that the measurement itself does not show.
const ALLOCATION_OPERATIONS = 10_000;

/** Collects garbage when Node was started with `--expose-gc`. @returns false when it was not */
export function collectGarbage(): boolean {
  if (globalThis.gc === undefined) return false;
  globalThis.gc();
  return true;
}

/** Live heap after a collection, with what array buffers hold. @returns bytes */
export function liveHeapBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Warms up, then times rounds of some 60 ms each. */
export function measureMicro(bench: MicroBench): MicroResult {
  const operations = operationsFor(bench);
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) keep(bench.run(operations));
  const nanos: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    keep(bench.run(operations));
    nanos.push(((performance.now() - start) * 1e6) / operations);
  }
  nanos.sort((left, right) => left - right);
  const median = nanos[ROUNDS >> 1]!;
  return {
    name: bench.name,
    nanosPerOperation: median,
    spread: (nanos[ROUNDS - 1]! - nanos[0]!) / median,
    bytesPerOperation: bytesPerOperation(bench),
  };
}

/** One line of the table. */
export function microText({ name, nanosPerOperation, spread, bytesPerOperation }: MicroResult): string {
  const bytes = Number.isNaN(bytesPerOperation) ? '-' : bytesPerOperation.toFixed(1);
  const half = Math.round(spread * 50);
  return `${name.padEnd(52)} ${nanosPerOperation.toFixed(1).padStart(9)} ns/op ±${half}%  ${bytes} B/op`;
}

function operationsFor(bench: MicroBench): number {
  let operations = 1000;
  for (;;) {
    const start = performance.now();
    keep(bench.run(operations));
    const elapsed = performance.now() - start;
    if (elapsed >= ROUND_MS / 4) return Math.ceil((operations * ROUND_MS) / elapsed);
    operations *= 4;
  }
}

function bytesPerOperation(bench: MicroBench): number {
  if (!collectGarbage()) return Number.NaN;
  const before = process.memoryUsage().heapUsed;
  keep(bench.run(ALLOCATION_OPERATIONS));
  return Math.max(0, process.memoryUsage().heapUsed - before) / ALLOCATION_OPERATIONS;
}

let kept: unknown;

/** A place V8 cannot prove unread. */
function keep(value: unknown): void {
  kept = value;
  if (kept === keep) throw new Error('never');
}
