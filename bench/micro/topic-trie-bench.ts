import type * as TopicTrieModule from '../../packages/core/src/topics/topic-trie.ts';
import { builtModule } from './built-module.ts';
import { liveHeapBytes, measureMicro, microText } from './harness.ts';

const SIZES = [1000, 10_000, 100_000, 1_000_000] as const;
const TIMED_SIZE = 1_000_000;
/** Devices that are asked for; each has three filters that match its topic, whatever the size. */
const PROBES = 100;
const FILTERS_PER_PROBE = 3;

interface Entry {
  slot: number;
}

type Trie = TopicTrieModule.TopicTrie<Entry>;

/** Times inserting and matching, and weighs a subscription, up to a million of them. */
export async function benchTopicTrie(): Promise<void> {
  const { TopicTrie } = await builtModule<typeof TopicTrieModule>('packages/core/dist/topics/topic-trie.js');
  const newTrie = (): Trie => new TopicTrie<Entry>();
  console.log(insertText(newTrie));
  console.log(bytesText(newTrie));
  for (const size of SIZES) {
    const trie = newTrie();
    addFilters(trie, size);
    console.log(microText(measureMicro(matchBench(trie, size))));
    if (size === TIMED_SIZE) console.log(microText(measureMicro(coldMatchBench(trie))));
  }
}

function insertText(newTrie: () => Trie): string {
  const filters = Array.from({ length: TIMED_SIZE }, (_, index) => filterOf(index));
  const rates = [0, 1, 2].map(() => {
    const trie = newTrie();
    const start = performance.now();
    for (const filter of filters) trie.add(filter, hasWildcard(filter), { slot: 0 });
    return (TIMED_SIZE / (performance.now() - start)) * 1000;
  });
  const median = rates.sort((left, right) => left - right)[1]!;
  return `topic trie: ${TIMED_SIZE} subscriptions inserted at ${Math.round(median / 1000)} k/s (median of 3)`;
}

/** Weighs filter strings, nodes and an entry of one field; filters are made on the way, so that the trie owns them. */
function bytesText(newTrie: () => Trie): string {
  const before = liveHeapBytes();
  const trie = newTrie();
  addFilters(trie, TIMED_SIZE);
  const bytes = (liveHeapBytes() - before) / trie.size;
  return `topic trie: ${bytes.toFixed(0)} bytes a subscription`;
}

function addFilters(trie: Trie, size: number): void {
  for (let index = 0; index < size; index += 1) {
    const filter = filterOf(index);
    trie.add(filter, hasWildcard(filter), { slot: 0 });
  }
}

function matchBench(trie: Trie, size: number): { name: string; run(operations: number): unknown } {
  const topics = Array.from({ length: PROBES }, (_, device) => keyOf(topicOf(device)));
  const lists: (readonly Entry[])[] = [];
  return {
    name: `topic trie: match of ${FILTERS_PER_PROBE} among ${size}`,
    run: (operations) => {
      for (let done = 0; done < operations; done += 1) {
        lists.length = 0;
        trie.match(topics[done % PROBES]!, lists);
        if (lists.length !== FILTERS_PER_PROBE) throw new Error(`${lists.length} lists match`);
      }
      return lists;
    },
  };
}

/** Every match meets another device, spread over all of them: what a message costs that no processor cache expects. */
function coldMatchBench(trie: Trie): { name: string; run(operations: number): unknown } {
  const firstDevice = PROBES * FILTERS_PER_PROBE;
  // A prime stride visits the devices far apart and each of them once.
  const topics = Array.from({ length: 100_000 }, (_, index) =>
    keyOf(topicOf(firstDevice + ((index * 7_919_777) % (TIMED_SIZE - firstDevice)))),
  );
  const lists: (readonly Entry[])[] = [];
  return {
    name: `topic trie: match of 1 among ${TIMED_SIZE}, topics at random`,
    run: (operations) => {
      for (let done = 0; done < operations; done += 1) {
        lists.length = 0;
        trie.match(topics[done % topics.length]!, lists);
        if (lists.length !== 1) throw new Error(`${lists.length} lists match`);
      }
      return lists;
    },
  };
}

/**
 * The first 300 belong to the devices that are asked for (exact, `+` and `#`); the others are of devices nobody asks
 * for: of eight, four are exact, two have a `+` in the middle, one a `+` and one a `#` at the end.
 */
function filterOf(index: number): string {
  const probes = PROBES * FILTERS_PER_PROBE;
  const device = index < probes ? Math.floor(index / FILTERS_PER_PROBE) : index;
  if (index < probes) {
    return keyOf([topicOf(device), `site/+/device/${device}/state`, `${siteOf(device)}/${device}/#`][index % 3]!);
  }
  switch (index % 8) {
    case 4:
    case 5:
      return keyOf(`site/+/device/${device}/state`);
    case 6:
      return keyOf(`${siteOf(device)}/${device}/+`);
    case 7:
      return keyOf(`${siteOf(device)}/${device}/#`);
    default:
      return keyOf(topicOf(device));
  }
}

function topicOf(device: number): string {
  return `${siteOf(device)}/${device}/state`;
}

function siteOf(device: number): string {
  return `site/${device % 1000}/device`;
}

function hasWildcard(filter: string): boolean {
  return filter.includes('+') || filter.endsWith('#');
}

/** A flat string as the broker makes one from bytes; a template literal would leave a rope. */
function keyOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
