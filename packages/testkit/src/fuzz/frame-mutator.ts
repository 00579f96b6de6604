import { clientVectors } from '../vectors/client-vectors.ts';
import { vectorBytes } from '../vectors/vector.ts';
import type { RandomSource } from './random-source.ts';

/** Numbers at which lengths, flags and identifiers turn over. */
const EDGE_BYTES = [0x00, 0x01, 0x02, 0x03, 0x04, 0x0f, 0x10, 0x20, 0x7f, 0x80, 0x81, 0xc0, 0xed, 0xf4, 0xfe, 0xff];
const MOST_MUTATIONS = 4;
/** Longer vectors show limits, which mutating them does not reach any better. */
const MOST_SEED_BYTES = 512;

/**
 * Makes frames that are nearly right: a vector, or two of them joined, with a few bytes changed, added or taken, and
 * mostly with a remaining length that fits again, so that the change is seen behind the frame reader too.
 */
export class FrameMutator {
  readonly #random: RandomSource;
  readonly #seeds: Readonly<Record<3 | 4 | 5, readonly Buffer[]>>;
  readonly #connects: Readonly<Record<3 | 4 | 5, readonly Buffer[]>>;

  constructor(random: RandomSource) {
    this.#random = random;
    this.#seeds = { 3: framesFor(3, false), 4: framesFor(4, false), 5: framesFor(5, false) };
    this.#connects = { 3: framesFor(3, true), 4: framesFor(4, true), 5: framesFor(5, true) };
  }

  /** Any frame but CONNECT, mutated; one in three is left as it was. */
  frame(version: 3 | 4 | 5): Buffer {
    const seed = this.#random.pick(this.#seeds[version]);
    return this.#random.chance(1, 3) ? seed : this.#mutate(seed, this.#seeds[version]);
  }

  /** A CONNECT, mutated. */
  connect(version: 3 | 4 | 5): Buffer {
    return this.#mutate(this.#random.pick(this.#connects[version]), this.#connects[version]);
  }

  #mutate(seed: Buffer, others: readonly Buffer[]): Buffer {
    const random = this.#random;
    let bytes = [...seed];
    for (let left = 1 + random.below(MOST_MUTATIONS); left > 0; left--) bytes = this.#change(bytes, others);
    return random.chance(3, 4) ? withFittingLength(bytes) : Buffer.from(bytes);
  }

  #change(bytes: number[], others: readonly Buffer[]): number[] {
    const random = this.#random;
    const at = random.below(bytes.length + 1);
    const count = 1 + random.below(8);
    switch (random.below(8)) {
      case 0: // a bit
        return bytes.map((byte, i) => (i === at ? byte ^ (1 << random.below(8)) : byte));
      case 1: // a byte
        return bytes.map((byte, i) => (i === at ? random.pick(EDGE_BYTES) : byte));
      case 2: // more bytes
        return [...bytes.slice(0, at), ...Array.from({ length: count }, () => random.below(256)), ...bytes.slice(at)];
      case 3: // fewer
        return [...bytes.slice(0, at), ...bytes.slice(at + count)];
      case 4: // the same twice
        return [...bytes.slice(0, at), ...bytes.slice(Math.max(0, at - count))];
      case 5: // cut short
        return bytes.slice(0, at);
      case 6: // the end of another
        return [...bytes.slice(0, at), ...random.pick(others).subarray(at)];
      default: // a two-byte length or identifier
        return bytes.map((byte, i) => (i === at ? 0 : i === at + 1 ? (byte + random.below(3)) & 0xff : byte));
    }
  }
}

function framesFor(version: 3 | 4 | 5, isConnect: boolean): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (const vectors of Object.values(clientVectors)) {
    for (const vector of vectors) {
      const bytes = vectorBytes(vector);
      // MQTT 3.1 has hardly any vectors of its own; past CONNECT its packets are those of 3.1.1.
      const isOfVersion = vector.protocolVersion === version || (version === 3 && vector.protocolVersion === 4);
      if (isOfVersion && bytes.length > 1 && bytes.length <= MOST_SEED_BYTES && (bytes[0] === 0x10) === isConnect)
        frames.push(bytes);
    }
  }
  return frames;
}

/** The same first byte and body with a remaining length that fits; what stood for it is replaced. */
function withFittingLength(bytes: readonly number[]): Buffer {
  let bodyStart = 1;
  while (bodyStart < 4 && ((bytes[bodyStart] ?? 0) & 0x80) !== 0) bodyStart++;
  const body = bytes.slice(bodyStart + 1);
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.from([bytes[0] ?? 0x30, ...length, ...body]);
}
