const WORDS_PER_PAGE = 32;
const PAGES = 64;

/**
 * A set of packet identifiers 1..65535 as a bitmap in pages of 1,024, made when first used. Adding and removing
 * allocate nothing once the page is there. Holds the inbound QoS 2 identifiers between PUBLISH and PUBREL.
 * @see MQTT 5.0, 4.3.3 QoS 2: Exactly once delivery
 */
export class PacketIdSet {
  readonly #pages: (Uint32Array | null)[] = new Array<Uint32Array | null>(PAGES).fill(null);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(packetId: number): boolean {
    const page = this.#pages[packetId >> 10] as Uint32Array | null;
    return page !== null && (page[(packetId >> 5) & 31]! & (1 << (packetId & 31))) !== 0;
  }

  /** @returns false when it was there already */
  add(packetId: number): boolean {
    let page = this.#pages[packetId >> 10] as Uint32Array | null;
    if (page === null) {
      page = new Uint32Array(WORDS_PER_PAGE);
      this.#pages[packetId >> 10] = page;
    }
    const word = (packetId >> 5) & 31;
    const bit = 1 << (packetId & 31);
    if ((page[word]! & bit) !== 0) return false;
    page[word] = page[word]! | bit;
    this.#size++;
    return true;
  }

  /** @returns false when it was not there */
  delete(packetId: number): boolean {
    const page = this.#pages[packetId >> 10] as Uint32Array | null;
    if (page === null) return false;
    const word = (packetId >> 5) & 31;
    const bit = 1 << (packetId & 31);
    if ((page[word]! & bit) === 0) return false;
    page[word] = page[word]! & ~bit;
    this.#size--;
    return true;
  }
}
