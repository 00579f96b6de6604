import { PublishFrame } from '@nanomq-ts/codec';
import type { Peer } from '@nanomq-ts/core';
import type { PeerCall } from '../recorded-peer-events.ts';

/** Something that a shard tells, and the call that has to arrive for it at the other end. */
export interface Telling {
  readonly name: string;
  tell(peer: Peer): void;
  readonly call: PeerCall;
}

/** A PUBLISH with this many bytes of payload, as it may lie between others; its bytes differ with `seed`. */
export function frameOf(seed: number, payloadBytes: number, isVersion5: boolean, deadlineMs = 0): PublishFrame {
  const topic = Buffer.from('t/ä');
  const body = [Buffer.from([0, topic.length]), topic, ...(isVersion5 ? [Buffer.of(0)] : [])];
  const bodyBytes = body.reduce((sum, { length }) => sum + length, payloadBytes);
  const length = Buffer.from([1, 2, 3, 4].map((at) => ((bodyBytes >>> (7 * (at - 1))) & 127) | (at < 4 ? 128 : 0)));
  const payload = Buffer.alloc(payloadBytes);
  for (let i = 0; i < payloadBytes; i += 1 + (i >> 9)) payload[i] = seed + i;
  const before = 1 + (seed % 13);
  const whole = Buffer.concat([Buffer.alloc(before), Buffer.of(0x30), length, ...body, payload, Buffer.alloc(5)]);
  const frame = new PublishFrame();
  frame.parse(whole, before, before + 5, whole.length - 5, isVersion5);
  frame.deadlineMs = deadlineMs;
  return frame;
}

/** The frame as it has to arrive. */
export function arrivedFrame({ buf, start, end, hasProperties, deadlineMs }: PublishFrame): object {
  return { frame: Buffer.from(buf.subarray(start, end)), isVersion5: hasProperties, deadlineMs };
}

/** `publish` of the frame. */
export function publishTelling(frame: PublishFrame): Telling {
  return {
    name: `publish: ${frame.end - frame.start} bytes`,
    tell: (peer) => peer.publish(frame),
    call: ['publish', arrivedFrame(frame)],
  };
}

/** A method whose values arrive as they are. */
function plain<Method extends PlainMethod>(name: string, method: Method, ...values: Parameters<Peer[Method]>): Telling {
  const tell = (peer: Peer) => (peer[method] as (...given: Parameters<Peer[Method]>) => void)(...values);
  return { name: `${method}: ${name}`, tell, call: [method, ...values] };
}

type PlainMethod = Exclude<
  keyof Peer,
  'id' | 'isFull' | 'commit' | 'frames' | 'publish' | 'publishTo' | 'retain' | 'relayReceived' | 'relayWrite'
>;

const CERTIFICATE = {
  subject: 'CN=ä\\, b,O=Example',
  commonName: 'ä, b',
  fingerprint256: Array.from({ length: 32 }, () => 'AB').join(':'),
  validToMs: 4_102_444_800_000,
};
const ORIGIN = { remoteAddress: '2001:db8::7', remotePort: 65_535, listener: 'tls:default', peerCertificate: null };
const MEMBER = {
  topicFilter: '$share/gruppe-ü/+/😀',
  filterKey: '+/ð\u009f\u0098\u0080',
  hasWildcard: true,
  clientId: 'zähler-7',
  isOnline: false,
};
const DAY_IN_2128_MS = 5_000_000_000_001;
const LARGE_NUMBER = 2 ** 40 + 3;

/** Every method, with what is easily got wrong. */
export const TELLINGS: readonly Telling[] = [
  plain('a wildcard', 'interestAdded', 'a/+/#', true),
  plain('a key with bytes of UTF-8', 'interestAdded', 'Ã¤/\u0080ÿ', false),
  plain('a long filter', 'interestAdded', 'x/'.repeat(32_767), false),
  plain('the last one went', 'interestRemoved', 'a/+/#', true),
  plain('without a wildcard', 'interestRemoved', 'a', false),
  plain('offline', 'memberJoined', MEMBER),
  plain('online, empty client identifier', 'memberJoined', {
    ...MEMBER,
    hasWildcard: false,
    isOnline: true,
    clientId: '',
  }),
  plain('comes online', 'memberChanged', '$share/g/ü', 'ü', true),
  plain('goes offline', 'memberChanged', '$share/g/ü', 'ü', false),
  plain('leaves', 'memberLeft', '$share/g/ü', 'ü'),
  plain('nothing more to tell', 'introduced'),
  ...[true, false].map(framesTelling),
  publishTelling(frameOf(1, 0, false)),
  publishTelling(frameOf(2, 64, true)),
  publishTelling(frameOf(3, 64, true, DAY_IN_2128_MS)),
  publishTelling(frameOf(4, 64, false, DAY_IN_2128_MS)),
  publishToTelling(frameOf(5, 100, false)),
  publishToTelling(frameOf(6, 0, true, DAY_IN_2128_MS)),
  retainTelling(frameOf(7, 10, true), null, false),
  retainTelling(frameOf(8, 10, false), { clientId: 'ü', username: undefined, remoteAddress: '10.0.0.1' }, true),
  retainTelling(frameOf(9, 0, true, 1), { clientId: '', username: '', remoteAddress: '' }, false),
  retainTelling(frameOf(10, 10, true), { clientId: 'c', username: 'ü', remoteAddress: '::1' }, true),
  plain('none', 'onlineChanged', 0),
  plain('many', 'onlineChanged', 4_000_000_000),
  plain('an address', 'addressChanged', '2001:db8:0:1::/64', 3),
  plain('a client', 'clientLeft', 'zähler-7'),
  plain('for good', 'banned', { by: 'client_id', value: 'ü', untilMs: Number.POSITIVE_INFINITY, reason: '' }),
  plain('for a time', 'banned', { by: 'address', value: '10.0.0.1', untilMs: DAY_IN_2128_MS, reason: 'zu oft: ü' }),
  plain('lifted', 'unbanned', 'username', 'ü'),
  plain('no certificate', 'relayOpened', LARGE_NUMBER, ORIGIN),
  plain('a Unix socket', 'relayOpened', 2, { ...ORIGIN, remoteAddress: '', remotePort: 0 }),
  plain('a certificate', 'relayOpened', 3, { ...ORIGIN, peerCertificate: CERTIFICATE }),
  plain('no common name', 'relayOpened', 4, { ...ORIGIN, peerCertificate: { ...CERTIFICATE, commonName: null } }),
  ...[0, 1, 1000].flatMap(relayBytesTellings),
  plain('over', 'relayClosed', LARGE_NUMBER),
  plain('many bytes', 'relayTaken', LARGE_NUMBER, LARGE_NUMBER),
  plain('paused', 'relayPause', 1, true),
  plain('resumed', 'relayPause', 1, false),
  plain('at once', 'relayEnd', 1, true),
  plain('after what was written', 'relayEnd', 1, false),
];

function framesTelling(isVersion5: boolean): Telling {
  const parts = [0, 7, 80].map((bytes) => frameOf(bytes, bytes, isVersion5));
  const run = Buffer.concat(parts.map(({ buf, start, end }) => buf.subarray(start, end)));
  const around = Buffer.concat([Buffer.alloc(3), run, Buffer.alloc(3)]);
  return {
    name: `frames: three, ${isVersion5 ? '5.0' : '3.1.1'}`,
    tell: (peer) => peer.frames(around, 3, 3 + run.length, parts.length, isVersion5),
    call: ['frames', run, parts.length, isVersion5],
  };
}

function publishToTelling(frame: PublishFrame): Telling {
  return {
    name: `publishTo: ${frame.end - frame.start} bytes`,
    tell: (peer) => peer.publishTo('$share/g/ü', 'zähler-7', frame, 2, 3),
    call: ['publishTo', '$share/g/ü', 'zähler-7', arrivedFrame(frame), 2, 3],
  };
}

function retainTelling(frame: PublishFrame, publisher: Parameters<Peer['retain']>[3], isLive: boolean): Telling {
  const version = { time: LARGE_NUMBER, shardId: 7 };
  return {
    name: `retain: ${publisher === null ? 'no publisher' : `publisher ${JSON.stringify(publisher)}`}`,
    tell: (peer) => peer.retain(frame, version, 'zähler-7', publisher, isLive),
    call: ['retain', arrivedFrame(frame), version, 'zähler-7', publisher, isLive],
  };
}

function relayBytesTellings(count: number): Telling[] {
  const bytes = Buffer.from(Array.from({ length: count }, (_, i) => i * 7));
  const around = Buffer.concat([Buffer.of(1), bytes, Buffer.of(2)]);
  return [
    {
      name: `relayReceived: ${count} bytes`,
      tell: (peer) => peer.relayReceived(LARGE_NUMBER, around, 1, 1 + count),
      call: ['relayReceived', LARGE_NUMBER, bytes],
    },
    {
      name: `relayWrite: ${count} bytes`,
      tell: (peer) => peer.relayWrite(LARGE_NUMBER, bytes),
      call: ['relayWrite', LARGE_NUMBER, bytes],
    },
  ];
}
