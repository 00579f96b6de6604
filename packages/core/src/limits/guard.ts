import { ReasonCode } from '@nanomq-ts/codec';
import type { Connection } from '../connection/connection.ts';
import { closeConnection, endConnection } from '../connection/lifecycle.ts';
import { DenialReason } from '../observe/denial-reason.ts';
import type { Ban, BanList, BanTarget } from '../ports/ban-list.ts';
import type { Clock } from '../ports/clock.ts';
import type { Peer } from '../ports/peer.ts';
import type { Transport, TransportEvents } from '../ports/transport.ts';
import type { Session } from '../session/session.ts';
import type { Shard } from '../shard.ts';
import { AddressCount } from './address-count.ts';
import { addressKeyOf } from './address-key.ts';
import { FlapDetector } from './flap-detector.ts';
import { Handshakes } from './handshakes.ts';
import { limitOf } from './limit-options.ts';
import { Overload } from './overload.ts';
import { TimeoutQueue } from './timeout-queue.ts';
import { UnreadOutput } from './unread-output.ts';

/** Receives the events of a connection that was turned away at the door. */
export const NOBODY: TransportEvents = { received() {}, drained() {}, closed() {} };

const DENIAL_TEXTS: Readonly<Partial<Record<DenialReason, string>>> = {
  [DenialReason.AddressFull]: 'too many connections from this address',
  [DenialReason.HandshakesFull]: 'too many connections that have not finished CONNECT',
  [DenialReason.Banned]: 'the address is banned',
};

/** Stands at the door of a shard: who may connect at all, and how many of them. Nothing here is asked per message. */
export class Guard {
  readonly bans: BanList;
  readonly overload: Overload;
  readonly addresses: AddressCount;
  readonly handshakes = new Handshakes();
  readonly flapping = new FlapDetector();
  readonly timeouts: TimeoutQueue;
  readonly unread: UnreadOutput;
  readonly #shard: Shard;

  /** @param tickMs  how often the shard calls `overload.tick` */
  constructor(shard: Shard, bans: BanList, clock: Clock, tickMs: number) {
    this.#shard = shard;
    this.bans = bans;
    this.timeouts = new TimeoutQueue(clock);
    this.unread = new UnreadOutput(shard);
    this.addresses = new AddressCount((addressKey, connections) => {
      for (const peer of shard.peers.all) peer.addressChanged(addressKey, connections);
    });
    this.overload = new Overload(shard, clock.nowMs(), tickMs);
    shard.events.add({ disconnected: (session) => this.#disconnected(session) });
  }

  /** A transport was accepted. @returns false when it may not stay; that is counted and logged */
  admits({ remoteAddress, listener, isRelayed }: Transport): boolean {
    // The shard that accepted it has looked.
    if (isRelayed === true) return true;
    const reason = this.#denialOf(remoteAddress);
    if (reason === null) return true;
    const { counters, clientLog } = this.#shard;
    counters.connectionsRefused++;
    counters.deny(reason);
    clientLog.info(addressKeyOf(remoteAddress), { remoteAddress, listener }, `refused: ${DENIAL_TEXTS[reason]}`);
    return false;
  }

  /** The connection has begun. */
  entered(connection: Connection): void {
    if (connection.transport.isRelayed !== true) this.addresses.entered(connection.transport.remoteAddress);
    this.handshakes.begun(connection);
    this.overload.holds(connection);
  }

  /** CONNACK went out or the connection ends without. */
  handshakeOver(connection: Connection): void {
    this.handshakes.over(connection);
    this.overload.left(connection);
  }

  /** The transport is closed. */
  left(connection: Connection): void {
    if (connection.transport.isRelayed !== true) this.addresses.left(connection.transport.remoteAddress);
  }

  /** Bans on every shard, and ends the connections of those it meets. @returns false when the list is full */
  ban(ban: Ban): boolean {
    const { turn, peers } = this.#shard;
    turn.begin();
    if (!this.bans.add(ban, turn.nowMs)) return false;
    for (const peer of peers.all) peer.banned(ban);
    this.#endMet(ban);
    return true;
  }

  /** Lifts a ban on every shard. @returns false when there was none */
  unban(by: BanTarget, value: string): boolean {
    const { turn, peers } = this.#shard;
    turn.begin();
    for (const peer of peers.all) peer.unbanned(by, value);
    peers.unbanned(by, value, null);
    return this.bans.remove(by, value);
  }

  /** Another shard has banned somebody. */
  bannedElsewhere(ban: Ban): void {
    const { turn } = this.#shard;
    turn.begin();
    if (this.bans.add(ban, turn.nowMs)) this.#endMet(ban);
  }

  /** A client's connection ended on another shard. Who bans it for that is where it ended last. */
  leftElsewhere(clientId: string): void {
    this.#isFlapping(clientId);
  }

  /** Tells a new shard what it has to know of bans and addresses. */
  introduceTo(peer: Peer): void {
    for (const [addressKey, connections] of this.addresses.entries()) peer.addressChanged(addressKey, connections);
    for (const ban of this.bans.list(this.#shard.turn.nowMs)) peer.banned(ban);
  }

  /** Whether a ban keeps this client out. @param username  it acts under, or asks to */
  isBanned(username: string | undefined, clientId: string, remoteAddress: string): boolean {
    const { nowMs } = this.#shard.turn;
    if (this.bans.find('client_id', clientId, nowMs) !== null || this.#isAddressBanned(remoteAddress)) return true;
    return username !== undefined && this.bans.find('username', username, nowMs) !== null;
  }

  /**
   * Ends the connections of those who are banned now, with 0x98: for bans that came while they were connected.
   * @returns how many
   */
  endBanned(): number {
    const { sessions, turn } = this.#shard;
    turn.begin();
    let ended = 0;
    for (const session of [...sessions.values()]) if (this.#endIfBanned(session)) ended++;
    return ended;
  }

  /** Ends the connections that one new ban meets. Bans of those who come and go too often are many: no walk for them. */
  #endMet({ by, value }: Ban): void {
    if (by !== 'client_id') {
      this.endBanned();
      return;
    }
    const session = this.#shard.sessions.find(value);
    if (session !== undefined) this.#endIfBanned(session);
  }

  #endIfBanned({ connection, clientId, username, remoteAddress }: Session): boolean {
    if (connection === null || !this.isBanned(username, clientId, remoteAddress)) return false;
    endConnection(connection, ReasonCode.AdministrativeAction, 'banned');
    return true;
  }

  #denialOf(remoteAddress: string): DenialReason | null {
    const { options, turn } = this.#shard;
    if (this.#isAddressBanned(remoteAddress)) return DenialReason.Banned;
    if (this.addresses.isFull(remoteAddress, limitOf(options, 'maxConnectionsPerAddress'))) {
      return DenialReason.AddressFull;
    }
    const limit = limitOf(options, 'maxHandshakes');
    if (limit === 0 || this.handshakes.size < limit) return null;
    const silent = this.handshakes.oldestSilent(turn.nowMs);
    if (silent === null) return DenialReason.HandshakesFull;
    const { counters } = this.#shard;
    counters.connectionsRefused++;
    counters.deny(DenialReason.HandshakesFull);
    closeConnection(silent, ReasonCode.ServerBusy, false);
    return null;
  }

  #isAddressBanned(remoteAddress: string): boolean {
    return remoteAddress !== '' && this.bans.find('address', remoteAddress, this.#shard.turn.nowMs) !== null;
  }

  #disconnected({ clientId }: Session): void {
    const { options, turn, counters, clientLog, peers } = this.#shard;
    if (limitOf(options, 'flappingDisconnects') === 0) return;
    for (const peer of peers.all) peer.clientLeft(clientId);
    if (!this.#isFlapping(clientId)) return;
    const untilMs = turn.nowMs + limitOf(options, 'flappingBanMs');
    if (!this.ban({ by: 'client_id', value: clientId, untilMs, reason: 'flapping' })) return;
    counters.flappingBans++;
    clientLog.warn(`client ${clientId}`, { clientId, untilMs }, 'banned: the client comes and goes too often');
  }

  /** Counts a disconnection. @returns whether there were too many */
  #isFlapping(clientId: string): boolean {
    const { options, turn } = this.#shard;
    const limit = limitOf(options, 'flappingDisconnects');
    if (limit === 0) return false;
    return this.flapping.disconnected(clientId, turn.nowMs, limit, limitOf(options, 'flappingWindowMs'));
  }
}
