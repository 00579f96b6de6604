import type { Peer } from '@nanomq-ts/core';
import { describe, expect, it } from 'vitest';
import { RecordType, recordEnd } from '../../src/records/layout.ts';
import { createRing, RingReader, RingWriter } from '../../src/ring.ts';
import { RingPeer } from '../../src/ring-peer.ts';

const FRAME = Buffer.from('ffff 30 05 0001 61 aabb ff'.replaceAll(' ', ''), 'hex');
const FRAME_HEX = '30 05 0001 61 aabb';
const ONE = '000000000000f03f';
const TWO = '0000000000000040';

describe('layout of records', () => {
  it.each<[string, (peer: Peer) => void, string]>([
    ['Frames', (peer) => peer.frames(FRAME, 2, 9, 1, true), `0b000000 02 01 01 00 01000000 ${FRAME_HEX}`],
    ['Publish', (peer) => peer.publish(frame({})), `07000000 02 02 00 00 ${FRAME_HEX}`],
    [
      'Publish with a deadline',
      (peer) => peer.publish(frame({ hasProperties: true, deadlineMs: 1 })),
      `0f000000 02 02 03 00 ${ONE} ${FRAME_HEX}`,
    ],
    [
      'PublishTo',
      (peer) => peer.publishTo('ü', 'c', frame({ hasProperties: true }), 1, 2),
      `22000000 02 03 01 00 02000000 c3bc 01000000 63 0000000000000000 01000000 02000000 ${FRAME_HEX}`,
    ],
    [
      'Retain',
      (peer) => peer.retain(frame({ deadlineMs: 1 }), { time: 2, shardId: 1 }, 'c', null, false),
      `24000000 02 04 00 00 ${ONE} ${TWO} ${ONE} 01000000 63 ${FRAME_HEX}`,
    ],
    [
      'Retain with a publisher, live',
      (peer) =>
        peer.retain(frame({}), { time: 2, shardId: 1 }, '', { clientId: 'c', username: 'u', remoteAddress: 'a' }, true),
      `32000000 02 04 0e 00 0000000000000000 ${TWO} ${ONE} 00000000 01000000 63 01000000 61 01000000 75 ${FRAME_HEX}`,
    ],
    ['RelayReceived', (peer) => peer.relayReceived(1, FRAME, 2, 4), `0a000000 02 05 00 00 ${ONE} 3005`],
    ['RelayWrite', (peer) => peer.relayWrite(2, Buffer.of(7)), `09000000 02 06 00 00 ${TWO} 07`],
    ['RelayTaken', (peer) => peer.relayTaken(1, 2), `10000000 02 07 00 00 ${ONE} ${TWO}`],
    [
      'RelayOpened',
      (peer) => peer.relayOpened(1, { remoteAddress: 'a', remotePort: 1883, listener: 'l', peerCertificate: null }),
      `16000000 02 08 00 00 ${ONE} 01000000 61 5b070000 01000000 6c`,
    ],
    [
      'RelayOpened with a certificate',
      (peer) =>
        peer.relayOpened(1, {
          remoteAddress: '',
          remotePort: 0,
          listener: '',
          peerCertificate: { subject: 's', commonName: 'n', fingerprint256: 'f', validToMs: 2 },
        }),
      `2b000000 02 08 03 00 ${ONE} 00000000 00000000 00000000 01000000 73 01000000 66 ${TWO} 01000000 6e`,
    ],
    ['RelayClosed', (peer) => peer.relayClosed(1), `08000000 02 09 00 00 ${ONE}`],
    ['RelayPause', (peer) => peer.relayPause(1, true), `08000000 02 0a 01 00 ${ONE}`],
    ['RelayEnd', (peer) => peer.relayEnd(1, true), `08000000 02 0b 01 00 ${ONE}`],
    ['InterestAdded', (peer) => peer.interestAdded('\u00c3\u00bc', true), '06000000 02 0c 01 00 02000000 c3bc'],
    ['InterestRemoved', (peer) => peer.interestRemoved('a', false), '05000000 02 0d 00 00 01000000 61'],
    [
      'MemberJoined',
      (peer) =>
        peer.memberJoined({ topicFilter: 'f', filterKey: 'k', hasWildcard: true, clientId: 'c', isOnline: true }),
      '0f000000 02 0e 03 00 01000000 66 01000000 6b 01000000 63',
    ],
    ['MemberChanged', (peer) => peer.memberChanged('f', 'c', true), '0a000000 02 0f 02 00 01000000 66 01000000 63'],
    ['MemberLeft', (peer) => peer.memberLeft('f', 'c'), '0a000000 02 10 00 00 01000000 66 01000000 63'],
    ['Introduced', (peer) => peer.introduced(), '00000000 02 11 00 00'],
    ['OnlineChanged', (peer) => peer.onlineChanged(300), '04000000 02 12 00 00 2c010000'],
    ['AddressChanged', (peer) => peer.addressChanged('a', 1), '09000000 02 13 00 00 01000000 61 01000000'],
    ['ClientLeft', (peer) => peer.clientLeft('c'), '05000000 02 14 00 00 01000000 63'],
    [
      'Banned',
      (peer) => peer.banned({ by: 'address', value: 'v', untilMs: 1, reason: 'r' }),
      `1d000000 02 15 00 00 07000000 ${Buffer.from('address').toString('hex')} 01000000 76 01000000 72 ${ONE}`,
    ],
    [
      'Unbanned',
      (peer) => peer.unbanned('address', 'v'),
      `10000000 02 16 00 00 07000000 ${Buffer.from('address').toString('hex')} 01000000 76`,
    ],
  ])('%s', (_, tell, hex) => {
    const record = recordTold(tell);
    const expected = hex.replaceAll(' ', '');
    expect(record.subarray(0, expected.length / 2).toString('hex')).toBe(expected);
    expect(record.length).toBe(Math.ceil(expected.length / 16) * 8);
  });

  it('gives each type its own number', () => {
    const numbers = Object.values(RecordType);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

function frame(changes: { hasProperties?: boolean; deadlineMs?: number }): Parameters<Peer['publish']>[0] {
  const bytes = { buf: FRAME, start: 2, end: 9, hasProperties: false, deadlineMs: 0, ...changes };
  return bytes as Parameters<Peer['publish']>[0];
}

/** The one record that is told, with its padding. */
function recordTold(tell: (peer: Peer) => void): Buffer {
  const memory = createRing();
  const writer = new RingWriter(memory, () => {}, expect.unreachable);
  const peer = new RingPeer(1, writer);
  tell(peer);
  peer.commit();
  const records: Buffer[] = [];
  const record = (buf: Buffer, at: number) => void records.push(Buffer.from(buf.subarray(at, recordEnd(buf, at))));
  new RingReader(memory, expect.unreachable, expect.unreachable).poll({ record });
  expect(records).toHaveLength(1);
  return records[0] as Buffer;
}
