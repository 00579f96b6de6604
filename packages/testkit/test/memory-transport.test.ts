import type { TransportEvents } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import { describeTransport, type TransportHarness } from '../src/contracts/transport.ts';
import { MemoryTransport } from '../src/memory-transport.ts';
import { RecordedEvents } from '../src/recorded-events.ts';

function memoryHarness(): TransportHarness {
  return {
    listenerName: 'tcp:default',
    open: async (events: TransportEvents) => {
      const transport = new MemoryTransport();
      transport.attach(events);
      const peer = {
        send: (bytes: Uint8Array) => transport.send(bytes),
        get received() {
          return transport.sent;
        },
        get isClosed() {
          return transport.state === 'closed';
        },
        stopReading: () => transport.congest(),
        startReading: () => transport.relieve(),
        finish: () => transport.closeByPeer(),
        reset: () => transport.resetByPeer(),
      };
      return { transport, peer };
    },
    settle: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

describeTransport('memory', async () => memoryHarness());

describe('MemoryTransport', () => {
  it('delivers what the test sends before send returns', () => {
    const transport = new MemoryTransport({ remoteAddress: '10.0.0.1', remotePort: 7, listener: 'tcp:x' });
    const events = new RecordedEvents();
    transport.attach(events);
    transport.send(Buffer.from('ab'));
    expect(events.bytes.toString()).toBe('ab');
    expect([transport.remoteAddress, transport.remotePort, transport.listener]).toEqual(['10.0.0.1', 7, 'tcp:x']);
  });

  it('hands each byte the core sent to take once', () => {
    const transport = new MemoryTransport();
    transport.write(Buffer.from('a'));
    transport.write(Buffer.from('b'));
    expect(transport.take().toString()).toBe('ab');
    expect(transport.take().length).toBe(0);
  });

  it('shows a core that changes a buffer which was not taken', () => {
    const transport = new MemoryTransport();
    const bytes = Buffer.from('a');
    transport.congest();
    expect(transport.write(bytes)).toBe(false);
    bytes[0] = 0x62;
    transport.relieve();
    expect(transport.take().toString()).toBe('b');
  });

  it('tells closed at once when the peer acts, and by whenClosed when the core does', async () => {
    const byPeer = new RecordedEvents();
    const first = new MemoryTransport();
    first.attach(byPeer);
    first.closeByPeer();
    expect([byPeer.closedCount, first.state]).toEqual([1, 'closed']);

    const byCore = new RecordedEvents();
    const second = new MemoryTransport();
    second.attach(byCore);
    second.end();
    expect([byCore.closedCount, second.state]).toEqual([0, 'ending']);
    await second.whenClosed;
    expect([byCore.closedCount, second.state]).toEqual([1, 'closed']);
  });
});
