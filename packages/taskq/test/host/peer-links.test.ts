import { MemoryStore, OpenAccess, Shard } from '@nanomq-ts/core';
import { FakeClock, TEST_SHARD_OPTIONS } from '@nanomq-ts/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { DirectDirectory } from '../../src/directory/direct-directory.ts';
import { SessionDirectory } from '../../src/directory/session-directory.ts';
import { type LinkedShard, linkShards } from '../../src/host/peer-link.ts';
import { PeerLinks } from '../../src/host/peer-links.ts';
import { createBell } from '../../src/ring.ts';

const clock = new FakeClock();
const directory = new SessionDirectory();
const opened: PeerLinks[] = [];

afterEach(() => {
  for (const links of opened.splice(0)) links.close();
});

/** A shard and its links, as in a thread of its own. */
class Linked implements LinkedShard {
  readonly bell = createBell();
  readonly id: number;
  readonly shard: Shard;
  readonly links: PeerLinks;

  constructor(id: number) {
    this.id = id;
    const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
    this.shard = new Shard({
      options: TEST_SHARD_OPTIONS,
      access: new OpenAccess(true),
      store: new MemoryStore(),
      clock,
      logger: silent,
      cluster: { shardId: id, directory: new DirectDirectory(directory, id) },
    });
    this.links = new PeerLinks(this.shard, this.bell, id === 0);
    opened.push(this.links);
  }

  retain(topicName: string, payload: string): void {
    this.shard.publish(topicName, Buffer.from(payload), { retain: true });
  }

  get retained(): Record<string, string> {
    const { retained } = this.shard;
    const found: Record<string, string> = {};
    retained.announceTo(
      ({ buf, topicStart, topicEnd, payloadStart, end }) => {
        if (payloadStart < end)
          found[buf.toString('utf8', topicStart, topicEnd)] = buf.toString('utf8', payloadStart, end);
      },
      () => true,
    );
    return found;
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    while (clock.runTurn());
    await new Promise(setImmediate);
  }
}

describe('PeerLinks', () => {
  it('tell a newcomer what was retained while some knew of it and others not yet', async () => {
    const [hub, worker, newcomer] = [new Linked(0), new Linked(1), new Linked(2)];
    const [toWorker, toHub] = linkShards(hub, worker);
    const joined = [hub.links.join(toWorker), worker.links.join(toHub)];
    await settled();
    worker.retain('goes', 'x');
    worker.retain('stays', 'x');
    worker.retain('changes', 'before');
    await settled();

    const [hubsEnd, newcomersHub] = linkShards(hub, newcomer);
    const [workersEnd, newcomersWorker] = linkShards(worker, newcomer);
    // The order to join takes its time to the worker, which goes on.
    joined.push(hub.links.join(hubsEnd), newcomer.links.join(newcomersHub), newcomer.links.join(newcomersWorker));
    worker.retain('goes', '');
    worker.retain('changes', 'after');
    worker.retain('comes', 'x');
    joined.push(worker.links.join(workersEnd));
    await settled();
    await Promise.all(joined);
    const expected = { stays: 'x', changes: 'after', comes: 'x' };
    expect([hub.retained, worker.retained, newcomer.retained]).toEqual([expected, expected, expected]);
  });
});
