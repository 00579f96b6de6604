import type { Logger } from '@nanomq-ts/core';
import { FileWatch } from './file-watch.ts';
import { TlsEngine } from './tls-engine.ts';
import { TlsFilesError } from './tls-files-error.ts';
import { assertInDate, type CertificateFacts, loadTlsMaterial, type TlsMaterial } from './tls-material.ts';
import type { TlsHandshakeOptions, TlsOptions } from './tls-options.ts';

const DEFAULT_POLL_INTERVAL_MS = 30_000;
const DEFAULT_SETTLE_MS = 500;
const DAY_MS = 86_400_000;

/** The certificate of a listener as it is in force, and how its reloads went. */
export interface CertificateStatus extends CertificateFacts {
  /** Whole days of validity left; negative once it has expired. */
  readonly daysToExpiry: number;
  /** Times other certificates or settings took effect. */
  readonly reloads: number;
  /** Times they were refused, and the old ones stayed. */
  readonly failedReloads: number;
}

/** Files and rules that are good and wait for being put in force. One of the two is to be called, once. */
export interface TlsChange {
  commit(): void;
  discard(): void;
}

/** Where a TLS identity lives. */
export interface TlsSeat extends TlsHandshakeOptions {
  readonly name: string;
  readonly logger: Logger | undefined;
  readonly nowMs: () => number;
}

/**
 * Certificate, key and rules of a TLS listener. When the files change they are read, checked and, if they are good,
 * used for new handshakes; if not, the old ones stay. Open connections keep what they were made with.
 */
export class TlsIdentity {
  readonly #seat: TlsSeat;
  #options: TlsOptions;
  #material: TlsMaterial;
  #engine: TlsEngine;
  #watch: FileWatch;
  #reloads = 0;
  #failedReloads = 0;
  #isClosed = false;
  /** Reloads go one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(seat: TlsSeat, options: TlsOptions, material: TlsMaterial, watch: FileWatch) {
    this.#seat = seat;
    this.#options = options;
    this.#material = material;
    this.#engine = new TlsEngine(material);
    this.#watch = watch;
  }

  /**
   * Loads the files. An expired certificate is logged, not refused: clients that check get to know, and a broker that
   * starts without its listener helps nobody.
   * @throws TlsFilesError
   */
  static async open(options: TlsOptions, seat: TlsSeat): Promise<TlsIdentity> {
    let identity: TlsIdentity | undefined;
    let hasChanged = false;
    // Watched before they are read, so that no change slips between.
    const watch = watchFiles(options, seat, () => {
      hasChanged = true;
      void identity?.reload();
    });
    try {
      const material = await loadTlsMaterial(options);
      identity = new TlsIdentity(seat, options, material, watch);
      logIfOutOfDate(material, options, seat);
      if (hasChanged) void identity.reload();
      return identity;
    } catch (error) {
      watch.close();
      throw error;
    }
  }

  /** For new handshakes. */
  get engine(): TlsEngine {
    return this.#engine;
  }

  get verifiesPeers(): boolean {
    return this.#material.verifyPeer;
  }

  get status(): CertificateStatus {
    const { certificate } = this.#material;
    const daysToExpiry = Math.floor((certificate.validToMs - this.#seat.nowMs()) / DAY_MS);
    return { ...certificate, daysToExpiry, reloads: this.#reloads, failedReloads: this.#failedReloads };
  }

  /** Reads the files again. @returns whether what they hold is in force now; the log says why not */
  reload(): Promise<boolean> {
    return this.#inTurn(async () => {
      const options = this.#options;
      try {
        const material = await this.#load(options);
        // Others were put in force meanwhile; their own watch looks after them.
        if (this.#options === options) this.#use(material, options);
        return true;
      } catch (error) {
        this.#logFailure(error);
        return false;
      }
    });
  }

  /** Uses other files and rules from now on. @throws TlsFilesError, and the old ones stay */
  async update(options: TlsOptions): Promise<void> {
    const change = await this.prepare(options);
    change.commit();
  }

  /**
   * Loads and checks other files and rules; what is in force stays until `commit`.
   * @throws TlsFilesError when they are not good, then there is nothing to discard
   */
  prepare(options: TlsOptions): Promise<TlsChange> {
    return this.#inTurn(async () => {
      let hasChanged = false;
      let isInForce = false;
      // Watched before they are read, so that no change slips between.
      const watch = watchFiles(options, this.#seat, () => {
        hasChanged = true;
        if (isInForce) void this.reload();
      });
      try {
        const material = await this.#load(options);
        const commit = () => {
          isInForce = true;
          this.#use(material, options);
          this.#watch.close();
          this.#watch = watch;
          if (this.#isClosed) watch.close();
          else if (hasChanged) void this.reload();
        };
        return { commit, discard: () => watch.close() };
      } catch (error) {
        watch.close();
        this.#failedReloads++;
        throw error;
      }
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#watch.close();
  }

  async #load(options: TlsOptions): Promise<TlsMaterial> {
    const material = await loadTlsMaterial(options);
    assertInDate(material, options.certFile, this.#seat.nowMs());
    return material;
  }

  #use(material: TlsMaterial, options: TlsOptions): void {
    const { name, logger } = this.#seat;
    this.#engine = new TlsEngine(material);
    this.#material = material;
    this.#options = options;
    this.#reloads++;
    const { subject, fingerprint256, daysToExpiry } = this.status;
    logger?.info({ listener: name, subject, fingerprint256, daysToExpiry }, 'TLS certificate reloaded');
  }

  #logFailure(error: unknown): void {
    this.#failedReloads++;
    const { name, logger } = this.#seat;
    const fields = { listener: name, err: error, code: error instanceof TlsFilesError ? error.code : undefined };
    logger?.error(fields, 'TLS certificate not reloaded, the old one stays in force');
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

function watchFiles(options: TlsOptions, seat: TlsSeat, changed: () => void): FileWatch {
  const { certFile, keyFile, caFile, crlFile } = options;
  const files = [certFile, keyFile, caFile, crlFile].filter((file) => file !== undefined);
  const { pollIntervalMs = DEFAULT_POLL_INTERVAL_MS, settleMs = DEFAULT_SETTLE_MS } = seat;
  return new FileWatch(files, { pollIntervalMs, settleMs, changed });
}

function logIfOutOfDate(material: TlsMaterial, { certFile }: TlsOptions, { name, logger, nowMs }: TlsSeat): void {
  try {
    assertInDate(material, certFile, nowMs());
  } catch (err) {
    logger?.error({ listener: name, err }, 'TLS certificate is out of date: clients will refuse this listener');
  }
}
