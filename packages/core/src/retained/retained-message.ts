import { PublishFrame } from '@nanomq-ts/codec';
import type { Principal } from '../ports/access.ts';
import type { RetainedVersion } from '../ports/peer.ts';
import { parseFrameAt } from '../routing/segment-run.ts';
import { buildPublish } from '../session/build-publish.ts';
import type { TopicKey } from '../topics/topic-key.ts';

const NO_PAYLOAD = Buffer.alloc(0);

/** A retained message: its own copy of the frame, as it came in. */
export interface RetainedMessage extends RetainedVersion {
  readonly frame: Buffer;
  readonly bodyStart: number;
  readonly qos: number;
  /** Client identifier of the publisher, for No Local; '' = the broker. */
  readonly publisherId: string;
  /** Kept only where the Access checks it again. */
  readonly publisher: Principal | null;
  readonly isVersion5: boolean;
  /** 0 = never expires. */
  readonly deadlineMs: number;
  /** Offset in the frame, -1 = none. */
  readonly messageExpiryAt: number;
}

/** Copies a PUBLISH, whose bytes are borrowed. */
export function retainedMessage(
  publish: PublishFrame,
  { time, shardId }: RetainedVersion,
  publisherId: string,
  publisher: Principal | null,
): RetainedMessage {
  const frame = Buffer.allocUnsafeSlow(publish.end - publish.start);
  publish.buf.copy(frame, 0, publish.start, publish.end);
  return {
    frame,
    time,
    shardId,
    qos: publish.qos,
    publisherId,
    publisher,
    bodyStart: publish.bodyStart - publish.start,
    isVersion5: publish.hasProperties,
    deadlineMs: publish.deadlineMs,
    messageExpiryAt: publish.messageExpiryAt < 0 ? -1 : publish.messageExpiryAt - publish.start,
  };
}

/** A retained PUBLISH without a payload, which deletes. */
export function deletionOf(topicKey: TopicKey): PublishFrame {
  const frame = new PublishFrame();
  parseFrameAt(frame, buildPublish(topicKey, NO_PAYLOAD, 0, true), 0, true);
  return frame;
}

/** Its Message Expiry Interval is over. */
export function isExpired(retained: RetainedMessage, nowMs: number): boolean {
  return retained.deadlineMs > 0 && nowMs >= retained.deadlineMs;
}
