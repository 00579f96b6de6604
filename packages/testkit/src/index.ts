export {
  type AdminHarness,
  CONTRACT_OPTIONS as ADMIN_CONTRACT_OPTIONS,
  describeAdminPort,
  type StartAdminHarness,
} from './contracts/admin-port.ts';
export { batchesOf, viewsOf } from './contracts/batches-of.ts';
export { HOSTILE_TEXTS } from './contracts/hostile-texts.ts';
export { describePeer, type PeerHarness, type StartPeerHarness } from './contracts/peer.ts';
export {
  describeTransport,
  type TransportHarness,
  type TransportPair,
  type TransportPeer,
} from './contracts/transport.ts';
export { DelayedStore, type StoredChange } from './delayed-store.ts';
export { FakeClock } from './fake-clock.ts';
export { FrameMutator } from './fuzz/frame-mutator.ts';
export { packetFault } from './fuzz/packet-fault.ts';
export { RandomSource } from './fuzz/random-source.ts';
export { MemoryLink } from './memory-link.ts';
export { MemoryTransport, type MemoryTransportOptions, type MemoryTransportState } from './memory-transport.ts';
export { naiveMatch } from './naive-match.ts';
export type { PacketOf } from './packet-inbox.ts';
export { RawClient, type RawConnectOptions, type RawPublishOptions } from './raw-client.ts';
export { type RawLink, TcpLink } from './raw-link.ts';
export { RecordedEvents } from './recorded-events.ts';
export { type LogLine, RecordedLog } from './recorded-log.ts';
export { type PeerCall, RecordedPeerEvents } from './recorded-peer-events.ts';
export { type HarnessParts, type LoggedLine, ONE_SHARD, ShardHarness, TEST_SHARD_OPTIONS } from './shard-harness.ts';
export { acknowledgementVectors } from './vectors/acknowledgements.ts';
export { authVectors } from './vectors/auth.ts';
export { clientVectors } from './vectors/client-vectors.ts';
export { connectVectors } from './vectors/connect.ts';
export { malformedConnectVectors } from './vectors/connect-malformed.ts';
export { connectPropertyVectors } from './vectors/connect-properties.ts';
export { disconnectVectors } from './vectors/disconnect.ts';
export { fixedHeaderVectors } from './vectors/fixed-header.ts';
export { pingreqVectors } from './vectors/pingreq.ts';
export { publishVectors } from './vectors/publish.ts';
export { malformedPublishVectors } from './vectors/publish-malformed.ts';
export { subscribeVectors } from './vectors/subscribe.ts';
export { unsubscribeVectors } from './vectors/unsubscribe.ts';
export type { FrameVector, FrameVectorRow } from './vectors/vector.ts';
export { frameVectors, vectorBytes } from './vectors/vector.ts';
export { wrongTypeVectors } from './vectors/wrong-type.ts';
