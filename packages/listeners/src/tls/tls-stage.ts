import type { TLSSocket } from 'node:tls';
import type { PeerCertificate } from '@nanomq-ts/core';
import type { Arrival } from '../entry/arrival.ts';
import type { Refusal } from '../entry/refusal.ts';
import type { ListenerOptions } from '../listener.ts';
import { HandshakeSlots } from './handshake-slots.ts';
import { peerCertificateOf } from './peer-certificate.ts';
import { type CertificateStatus, type TlsChange, TlsIdentity } from './tls-identity.ts';
import type { TlsHandshakeOptions, TlsOptions } from './tls-options.ts';

/** Handshakes that are calculated at once. */
const DEFAULT_MAX_HANDSHAKES = 64;

/** What can be seen and changed of the TLS of an open listener. */
export interface TlsControl {
  /** The certificate in force, its days to expiry, how reloads went. */
  readonly certificate: CertificateStatus;
  /** Handshakes that wait because too many are calculated. */
  readonly waitingHandshakes: number;
  /** Uses other files and rules for new handshakes. @throws TlsFilesError when they are not good; the old ones stay */
  update(tls: TlsOptions): Promise<void>;
  /** As `update`, in two steps, for changes of several listeners that hold together or not at all. */
  prepare(tls: TlsOptions): Promise<TlsChange>;
  /** Reads the files again, as happens by itself when they change. @returns whether they are good and in force now */
  reload(): Promise<boolean>;
}

/** TLS on the way of a connection to MQTT. */
export class TlsStage implements TlsControl {
  readonly #identity: TlsIdentity;
  readonly #slots: HandshakeSlots;

  private constructor(identity: TlsIdentity, slots: HandshakeSlots) {
    this.#identity = identity;
    this.#slots = slots;
  }

  /** Loads the certificates, and watches them until `close`. @throws TlsFilesError */
  static async open(tls: TlsOptions, options: ListenerOptions & TlsHandshakeOptions): Promise<TlsStage> {
    const { name, logger, nowMs = Date.now, maxHandshakes = DEFAULT_MAX_HANDSHAKES } = options;
    const { pollIntervalMs, settleMs } = options;
    const identity = await TlsIdentity.open(tls, { name, logger, nowMs, pollIntervalMs, settleMs });
    return new TlsStage(identity, new HandshakeSlots(maxHandshakes));
  }

  get certificate(): CertificateStatus {
    return this.#identity.status;
  }

  get waitingHandshakes(): number {
    return this.#slots.waitingCount;
  }

  update(tls: TlsOptions): Promise<void> {
    return this.#identity.update(tls);
  }

  prepare(tls: TlsOptions): Promise<TlsChange> {
    return this.#identity.prepare(tls);
  }

  reload(): Promise<boolean> {
    return this.#identity.reload();
  }

  /** @param count  handshakes calculated at once; default as at the opening */
  limitHandshakes(count: number = DEFAULT_MAX_HANDSHAKES): void {
    this.#slots.resize(count);
  }

  /** Waits for the client's first bytes and a slot, then makes the handshake. */
  async secure(arrival: Arrival): Promise<TLSSocket | Refusal> {
    // Before they come there is nothing to calculate: who connects and never speaks holds no slot.
    const gone = await arrival.bytesCame();
    if (gone !== null) return gone;
    const giveBack = await this.#slots.take(arrival);
    const outcome = arrival.isGone ? arrival.gone : this.#identity.engine.handshake(arrival);
    return outcome.finally(giveBack);
  }

  /** Null unless clients are verified: nobody has checked the certificate then. */
  peerCertificateOf(socket: TLSSocket): PeerCertificate | null {
    return this.#identity.verifiesPeers ? peerCertificateOf(socket) : null;
  }

  close(): void {
    this.#identity.close();
  }
}
