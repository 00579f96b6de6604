import type {
  Ban,
  BanTarget,
  PeerEvents,
  PeerMember,
  PeerMessage,
  RelayOrigin,
  RetainedPublisher,
  RetainedVersion,
} from '@nanomq-ts/core';

/** A method of `PeerEvents` and what it was called with; a frame or bytes as one Buffer of its own. */
export type PeerCall = readonly [method: keyof PeerEvents, ...values: unknown[]];

/** Writes down what a peer tells. It keeps the bytes as they were during the call, then spoils them. */
export class RecordedPeerEvents implements PeerEvents {
  calls: PeerCall[] = [];
  /** Called with each call after it was written down, to react from inside. */
  onCall: ((call: PeerCall) => void) | undefined;

  /** How often a method was called. */
  countOf(method: keyof PeerEvents): number {
    return this.calls.filter(([name]) => name === method).length;
  }

  interestAdded(filterKey: string, hasWildcard: boolean): void {
    this.#note('interestAdded', filterKey, hasWildcard);
  }

  interestRemoved(filterKey: string, hasWildcard: boolean): void {
    this.#note('interestRemoved', filterKey, hasWildcard);
  }

  memberJoined(member: PeerMember): void {
    this.#note('memberJoined', member);
  }

  memberChanged(topicFilter: string, clientId: string, isOnline: boolean): void {
    this.#note('memberChanged', topicFilter, clientId, isOnline);
  }

  memberLeft(topicFilter: string, clientId: string): void {
    this.#note('memberLeft', topicFilter, clientId);
  }

  introduced(): void {
    this.#note('introduced');
  }

  frames(buf: Buffer, start: number, end: number, messages: number, isVersion5: boolean): void {
    this.#note('frames', taken(buf, start, end), messages, isVersion5);
  }

  publish(buf: Buffer, start: number, end: number, isVersion5: boolean, deadlineMs: number): void {
    this.#note('publish', { frame: taken(buf, start, end), isVersion5, deadlineMs });
  }

  publishTo(topicFilter: string, clientId: string, message: PeerMessage, qos: number, hops: number): void {
    this.#note('publishTo', topicFilter, clientId, takenMessage(message), qos, hops);
  }

  retain(
    message: PeerMessage,
    version: RetainedVersion,
    publisherId: string,
    publisher: RetainedPublisher | null,
    isLive: boolean,
  ): void {
    this.#note('retain', takenMessage(message), version, publisherId, publisher, isLive);
  }

  onlineChanged(connections: number): void {
    this.#note('onlineChanged', connections);
  }

  addressChanged(addressKey: string, connections: number): void {
    this.#note('addressChanged', addressKey, connections);
  }

  clientLeft(clientId: string): void {
    this.#note('clientLeft', clientId);
  }

  banned(ban: Ban): void {
    this.#note('banned', ban);
  }

  unbanned(by: BanTarget, value: string): void {
    this.#note('unbanned', by, value);
  }

  relayOpened(relayId: number, origin: RelayOrigin): void {
    this.#note('relayOpened', relayId, origin);
  }

  relayReceived(relayId: number, bytes: Buffer, start: number, end: number): void {
    this.#note('relayReceived', relayId, taken(bytes, start, end));
  }

  relayClosed(relayId: number): void {
    this.#note('relayClosed', relayId);
  }

  relayTaken(relayId: number, bytes: number): void {
    this.#note('relayTaken', relayId, bytes);
  }

  relayWrite(relayId: number, bytes: Buffer, start: number, end: number): void {
    this.#note('relayWrite', relayId, taken(bytes, start, end));
  }

  relayPause(relayId: number, isPaused: boolean): void {
    this.#note('relayPause', relayId, isPaused);
  }

  relayEnd(relayId: number, isAtOnce: boolean): void {
    this.#note('relayEnd', relayId, isAtOnce);
  }

  drained(): void {
    this.#note('drained');
  }

  gone(): void {
    this.#note('gone');
  }

  #note(...call: PeerCall): void {
    this.calls.push(call);
    this.onCall?.(call);
  }
}

function takenMessage({ buf, start, end, isVersion5, deadlineMs }: PeerMessage): object {
  return { frame: taken(buf, start, end), isVersion5, deadlineMs };
}

/** The bytes; where they lay nothing may be read any more. */
function taken(buf: Buffer, start: number, end: number): Buffer {
  const bytes = Buffer.from(buf.subarray(start, end));
  buf.fill(0xdb, start, end);
  return bytes;
}
