export { BoundedAccess } from './access/bounded-access.ts';
export { OpenAccess } from './access/open-access.ts';
export { ADMIN_ERRORS, AdminError, type AdminErrorCode } from './admin/admin-error.ts';
export { encodeProperties } from './admin/encode-properties.ts';
export { ShardAdmin } from './admin/shard-admin.ts';
export { topicTreeOf } from './admin/topic-tree.ts';
export { WalkPace } from './admin/walk-pace.ts';
export { BanTable } from './limits/ban-table.ts';
export { DEFAULT_LIMITS, type LimitOptions } from './limits/limit-options.ts';
export type { LocalMessage } from './local/local-message.ts';
export type { LocalPublishOptions } from './local/local-publish.ts';
export { publishLocal } from './local/local-publish.ts';
export type { LocalSubscriptionOptions } from './local/local-subscriber.ts';
export { LocalSubscriber } from './local/local-subscriber.ts';
export type { OwnBacklog, OwnClientOptions, OwnConnectionTerms, OwnSubscription } from './local/own-client.ts';
export { OwnClient } from './local/own-client.ts';
export { ClientStatus, type PublishStatus } from './observe/client-status.ts';
export { Counters } from './observe/counters.ts';
export { DENIAL_REASON_LABELS, DenialReason } from './observe/denial-reason.ts';
export { DROP_REASON_LABELS, DropReason } from './observe/drop-reason.ts';
export type { ShardEvents } from './observe/events.ts';
export { publishStatistics } from './observe/sys-topics.ts';
export type { PeerInput } from './peers/peer-input.ts';
export type { PollPeer } from './peers/peer-set.ts';
export type { Access, Admission, AuthenticationRequest, Principal } from './ports/access.ts';
export type {
  AdminEvent,
  AdminPort,
  AdminPublish,
  AdminPublishProperties,
  BrokerFigures,
  ClientCriteria,
  ClientOrderFailure,
  ClientSubscriptions,
  ClientSummary,
  ClientView,
  LatencyHistogram,
  RetainedView,
  SubscriptionCriteria,
  SubscriptionView,
  TopicTreeNode,
} from './ports/admin.ts';
export type { Ban, BanList, BanTarget } from './ports/ban-list.ts';
export type { BridgeState, BridgeStatus } from './ports/bridge-status.ts';
export type { Clock } from './ports/clock.ts';
export type { Directory, Placement } from './ports/directory.ts';
export type { Logger } from './ports/logger.ts';
export type {
  Peer,
  PeerEvents,
  PeerMember,
  PeerMessage,
  RelayOrigin,
  RetainedPublisher,
  RetainedVersion,
} from './ports/peer.ts';
export type { SessionRecord, Store, SubscriptionRecord } from './ports/store.ts';
export type { PeerCertificate, Transport, TransportEvents } from './ports/transport.ts';
export { Delivered } from './routing/delivered.ts';
export type { FilterWatcher } from './routing/subscription-index.ts';
export { MemoryStore } from './session/memory-store.ts';
export type { QueueBound } from './session/message-queue.ts';
export type { Session } from './session/session.ts';
export type { Subscription } from './session/subscription.ts';
export type { ShardParts, ShardSeatInCluster } from './shard.ts';
export { Shard } from './shard.ts';
export type { ShardOptions } from './shard-options.ts';
export { TurnQueue } from './time/turn-queue.ts';
export { filterMatches } from './topics/filter-match.ts';
export { parseTopicFilter, topicNameFault } from './topics/topic-filter.ts';
export { textOfTopicKey, topicKeyOf } from './topics/topic-key.ts';
