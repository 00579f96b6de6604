import { describeTransport, RecordedEvents } from '@nanomq-ts/testkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { END_GRACE_MS } from '../src/socket-transport.ts';
import { turn } from './listener-harness.ts';
import { tcpHarness } from './tcp-harness.ts';

describeTransport('TCP with the shared read buffer', () => tcpHarness(true));
describeTransport('TCP with a data listener', () => tcpHarness(false));

describe('SocketTransport', () => {
  afterEach(() => vi.useRealTimers());

  it.each([
    ['we end, shared read buffer', true, 'end'],
    ['we end, data listener', false, 'end'],
    ['the peer ends, shared read buffer', true, 'finish'],
    ['the peer ends, data listener', false, 'finish'],
  ])('destroys a peer that takes nothing when the grace time is over: %s', async (_, sharedRead, ender) => {
    const harness = await tcpHarness(sharedRead);
    const events = new RecordedEvents();
    const { transport, peer } = await harness.open(events);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    peer.stopReading();
    while (transport.write(Buffer.alloc(65536)));
    if (ender === 'end') transport.end();
    else peer.finish();
    await harness.settle();
    vi.advanceTimersByTime(END_GRACE_MS - 1);
    await harness.settle();
    expect(events.closedCount).toBe(0);
    vi.advanceTimersByTime(1);
    await harness.settle();
    expect(events.closedCount).toBe(1);
    await harness.close();
  });

  it('leaves no timer behind when the peer closes in time', async () => {
    const harness = await tcpHarness(true);
    const events = new RecordedEvents();
    const { transport } = await harness.open(events);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    transport.end();
    while (events.closedCount === 0) await turn();
    expect(vi.getTimerCount()).toBe(0);
    await harness.close();
  });
});
