import type { RawClient } from '@nanomq-ts/testkit';

/** Number of a publication, in the order in which its topic's one publisher sent them. */
type Serial = number;

/**
 * What a subscriber knows of the retained messages of topics that have one publisher each, from nothing but what it was
 * sent. Each PUBLISH carries a user property `serial`, and `kept` unless it was not to be retained; an empty payload
 * deletes.
 */
export class RetainedPicture {
  readonly #name: string;
  /** By topic, what was retained last; deletions are not there. */
  readonly #kept = new Map<string, string>();
  /** By topic, the latest that came, and the latest that was to be retained. */
  readonly #latest = new Map<string, Serial>();
  readonly #latestKept = new Map<string, Serial>();

  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Takes in what the client has received since the last call.
   * @throws Error when a message came twice, save that a further SUBSCRIBE brings again what is retained, or out of order
   */
  takeFrom(client: RawClient): void {
    for (let packet = client.takeNow(); packet !== undefined; packet = client.takeNow()) {
      if (packet.cmd === 'unsuback') this.#kept.clear();
      if (packet.cmd !== 'publish') continue;
      const { topic, payload, retain, properties } = packet;
      const told = properties?.userProperties as { serial: string; kept?: string };
      const serial = Number(told.serial);
      const latest = (retain ? this.#latestKept : this.#latest).get(topic) ?? 0;
      const isInOrder = retain ? serial >= latest : serial > latest;
      if (!isInOrder) throw new Error(`${this.#name} got ${topic} ${serial}, RETAIN ${retain}, after ${latest}`);
      this.#latest.set(topic, Math.max(serial, this.#latest.get(topic) ?? 0));
      if (told.kept === undefined) continue;
      this.#latestKept.set(topic, serial);
      if (payload.length > 0) this.#kept.set(topic, told.serial);
      else this.#kept.delete(topic);
    }
  }

  /** Serials of what it takes for retained, by topic. */
  get kept(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#kept].sort());
  }
}
