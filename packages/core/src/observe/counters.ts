import type { MqttErrorCode } from '@nanomq-ts/codec';
import { DENIAL_REASON_LABELS, type DenialReason } from './denial-reason.ts';
import { DROP_REASON_LABELS, type DropReason } from './drop-reason.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** What a shard counts. Plain numbers, raised on the message path; readers take what they see. */
export class Counters {
  bytesReceived = 0;
  bytesSent = 0;
  packetsReceived = 0;
  publishReceived = 0;
  publishSent = 0;
  readonly publishReceivedByQos: [number, number, number] = [0, 0, 0];
  readonly publishSentByQos: [number, number, number] = [0, 0, 0];
  /** By DropReason. */
  readonly dropped: number[] = DROP_REASON_LABELS.map(() => 0);
  /** By DenialReason. */
  readonly denied: number[] = DENIAL_REASON_LABELS.map(() => 0);
  /** Connections ended by a violation, by error code; a fault of our own is `INTERNAL`. */
  readonly failedByCode = new Map<MqttErrorCode | 'INTERNAL', number>();
  /** How often the reading of a client was paused by its message or byte rate. */
  ratePauses = 0;
  /** How often the reading of a client was paused because it left its answers unread. */
  unreadPauses = 0;
  /** New connections that had to wait because the event loop was late. */
  connectionsDelayed = 0;
  /** How often the event loop became so late that new connections had to wait. */
  overloads = 0;
  /** Clients banned because they came and went too often. */
  flappingBans = 0;
  /** Log lines about clients left out by the limit of one per client or address and interval. */
  logLinesSuppressed = 0;
  connectionsAccepted = 0;
  connectionsRefused = 0;
  /** Connections ended by a violation of protocol or limits. */
  connectionsFailed = 0;
  keepAliveTimeouts = 0;
  takeovers = 0;
  sessionsExpired = 0;
  /** Acknowledgements for a packet identifier that is not in use. */
  unknownAcknowledgements = 0;
  /** Time from a QoS 1 or 2 PUBLISH of a client to its PUBACK or PUBREC. */
  readonly acknowledgementLatency = new LatencyHistogram();

  countPublishOut(qos: number): void {
    this.publishSent++;
    this.publishSentByQos[qos as 0 | 1 | 2]++;
  }

  countPublishesOut(qos: 0 | 1 | 2, count: number): void {
    this.publishSent += count;
    this.publishSentByQos[qos] += count;
  }

  drop(reason: DropReason, count = 1): void {
    this.dropped[reason] = (this.dropped[reason] as number) + count;
  }

  /** Counts it for the session too, where that keeps account. */
  dropFor({ drops }: { readonly drops: number[] | null }, reason: DropReason, count = 1): void {
    this.drop(reason, count);
    if (drops !== null) drops[reason] = (drops[reason] as number) + count;
  }

  deny(reason: DenialReason): void {
    this.denied[reason] = (this.denied[reason] as number) + 1;
  }

  fail(code: MqttErrorCode | 'INTERNAL'): void {
    this.connectionsFailed++;
    this.failedByCode.set(code, (this.failedByCode.get(code) ?? 0) + 1);
  }

  /** Messages without a receiver or dropped by a limit. */
  get droppedTotal(): number {
    return this.dropped.reduce((sum, count) => sum + count, 0);
  }
}
