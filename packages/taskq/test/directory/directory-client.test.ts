import { MessageChannel } from 'node:worker_threads';
import { FakeClock } from '@nanomq-ts/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryClient } from '../../src/directory/directory-client.ts';
import { serveDirectory } from '../../src/directory/serve-directory.ts';
import { SessionDirectory } from '../../src/directory/session-directory.ts';

let directory: SessionDirectory;
let clock: FakeClock;
let client: DirectoryClient;
let stop: () => void;
let messages: number;

beforeEach(() => {
  directory = new SessionDirectory();
  clock = new FakeClock();
  const { port1, port2 } = new MessageChannel();
  messages = 0;
  port1.on('message', () => messages++);
  client = new DirectoryClient(port2, clock);
  stop = serveDirectory(port1, directory, 1);
});
afterEach(() => stop());

describe('the directory over a port', () => {
  it('answers claims in their order', async () => {
    directory.claim('theirs', 2);
    const answers = Promise.all([client.claim('ours'), client.claim('theirs'), client.claim('new')]);
    clock.runTurn();
    expect(await answers).toEqual([1, 2, 1]);
  });

  it('sends what is asked in a turn as one message, before the next turn', async () => {
    const answers = Promise.all(Array.from({ length: 1000 }, (_, i) => client.claim(`c${i}`)));
    client.release('c7');
    expect(clock.runTurn()).toBe(true);
    await answers;
    expect(messages).toBe(1);
    expect(directory.size).toBe(999);
    expect(clock.runTurn()).toBe(false);
  });

  it('keeps the order of releases and claims', async () => {
    const first = client.claim('a');
    client.release('a');
    clock.runTurn();
    expect(await first).toBe(1);
    expect(directory.holderOf('a')).toBeUndefined();
    const again = client.claim('a');
    client.release('a');
    const last = client.claim('a');
    clock.runTurn();
    expect(await Promise.all([again, last])).toEqual([1, 1]);
    expect(directory.holderOf('a')).toBe(1);
  });

  it('hears nothing of a shard that is gone, also when it was asked before', async () => {
    void client.claim('late');
    clock.runTurn();
    stop();
    await new Promise((resolve) => setImmediate(resolve));
    expect(directory.size).toBe(0);
  });
});
