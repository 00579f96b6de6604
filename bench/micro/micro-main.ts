import { cpus } from 'node:os';
import { benchCodec } from './codec-bench.ts';
import { benchOutBuffer } from './out-buffer-bench.ts';
import { benchRing } from './ring-bench.ts';
import { benchRouteCache } from './route-cache-bench.ts';
import { benchTopicTrie } from './topic-trie-bench.ts';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  codec: benchCodec,
  'route-cache': benchRouteCache,
  'out-buffer': benchOutBuffer,
  trie: benchTopicTrie,
  ring: benchRing,
};

const names = process.argv.slice(2);
const unknown = names.find((name) => !(name in BENCHES));
if (unknown !== undefined) {
  console.error(`no micro bench is called ${unknown}; known: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
console.log(`${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}`);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (names.length === 0 || names.includes(name)) await bench();
}
