const COUNTS = [1, 2, 4, 8];
/** Even where cores are few, to see what shards cost. */
const LEAST_TRIED = 4;
const CORES_TO_SHARE_OUT = 4;

/** How the cores of a machine are shared out when shards are measured. */
export interface ShardPlan {
  /** Numbers of shards to try. */
  readonly counts: readonly number[];
  /** Cores of the broker, as `taskset -c` takes them, and how many they are. */
  readonly brokerCores: string;
  readonly brokerCoreCount: number;
  /** A load generator runs on each of these. */
  readonly loadCores: readonly number[];
  /** The load generators keep off the broker's cores; otherwise a curve cannot rise, and only the cost can be read. */
  readonly hasSpareCores: boolean;
}

/** A message costs the generator about as much as the broker, so each gets a half, if there are enough to share out. */
export function shardPlan(cores: number): ShardPlan {
  const hasSpareCores = cores >= CORES_TO_SHARE_OUT;
  const loadCount = hasSpareCores ? Math.floor(cores / 2) : 1;
  const brokerCoreCount = hasSpareCores ? cores - loadCount : cores;
  return {
    counts: COUNTS.filter((count) => count <= Math.max(LEAST_TRIED, brokerCoreCount)),
    brokerCores: `0-${brokerCoreCount - 1}`,
    brokerCoreCount,
    loadCores: Array.from({ length: loadCount }, (_, index) => cores - loadCount + index),
    hasSpareCores,
  };
}
