import type { WebSocket } from 'ws';
import { MIN_WORD_BYTES, unmask } from './unmask.ts';
import { takeWholeFrames } from './whole-frames.ts';

/** Ends a write. */
type Done = (error?: Error | null) => void;

/** The part of `ws`'s receiver that is used here; it is in no documentation. */
interface Receiver {
  _state: number;
  _opcode: number;
  _fragmented: number;
  _errored: boolean;
  _masked: boolean;
  _mask: Uint8Array | undefined;
  _maxPayload: number;
  _payloadLength: number;
  _bufferedBytes: number;
  readonly _buffers: Buffer[];
  consume(bytes: number): Buffer;
  getData(done: Done): void;
  _write(chunk: Buffer, encoding: BufferEncoding, done: Done): void;
  emit(event: 'message', data: Buffer, isBinary: boolean): boolean;
}

/** What a receiver waits for, by `_state`: bytes of header, or the payload. It has states beyond these. */
const HEADER_BYTES: readonly number[] = [2, 2, 8, 4];
const BETWEEN_FRAMES = 0;
const IN_PAYLOAD = 4;

const CLOSE = 8;
/** `ws` removes nothing where it finds this. */
const NO_MASK = new Uint8Array(4);

/**
 * The third place that leans on what is not documented: makes a WebSocket read ordinary frames with our own code, all
 * that are whole in a chunk as one message, and remove large masks with our own `unmask`. Frame by frame and byte by byte,
 * as `ws` does it without its native companion, was the largest part of the cost of messages large and small. Everything
 * else is left to `ws`: control frames, fragments, text, faults; so is a `ws` that is built otherwise.
 */
export function hastenReceiver(webSocket: WebSocket): void {
  const { _receiver: receiver } = webSocket as unknown as { readonly _receiver?: Partial<Receiver> | null };
  if (receiver == null || !isKnown(receiver)) return;
  const { getData, _write: write } = receiver;
  receiver.getData = function getUnmaskedData(done) {
    if (hasLargeMessage(this)) unmaskWaiting(this);
    getData.call(this, done);
  };
  receiver._write = function writeWholeFrames(chunk, encoding, done) {
    const wanted = wantedBytes(this);
    if (wanted >= chunk.length) return write.call(this, chunk, encoding, done);
    if (wanted > 0) {
      // The end of the frame that the last chunk ended in.
      const goOn: Done = (error) => (error ? done(error) : this._write(chunk.subarray(wanted), encoding, done));
      return write.call(this, chunk.subarray(0, wanted), encoding, goOn);
    }
    const frames = takeWholeFrames(chunk, this._maxPayload);
    if (frames === null) return write.call(this, chunk, encoding, done);
    this.emit('message', frames.payload, true);
    if (frames.end === chunk.length) done();
    else write.call(this, chunk.subarray(frames.end), encoding, done);
  };
}

function isKnown(receiver: Partial<Receiver>): receiver is Receiver {
  return (
    typeof receiver.getData === 'function' &&
    typeof receiver._write === 'function' &&
    typeof receiver.consume === 'function' &&
    receiver._state === BETWEEN_FRAMES &&
    receiver._fragmented === 0 &&
    receiver._errored === false &&
    typeof receiver._opcode === 'number' &&
    typeof receiver._maxPayload === 'number' &&
    typeof receiver._payloadLength === 'number' &&
    typeof receiver._bufferedBytes === 'number' &&
    Array.isArray(receiver._buffers)
  );
}

/** Bytes to the next step of the receiver; 0 between two messages, infinitely many where all is left to it. */
function wantedBytes(receiver: Receiver): number {
  const { _state, _opcode, _fragmented, _errored, _payloadLength, _bufferedBytes } = receiver;
  if (_errored || _fragmented !== 0 || _opcode === CLOSE) return Number.POSITIVE_INFINITY;
  if (_state === BETWEEN_FRAMES && _bufferedBytes === 0) return 0;
  const step = _state === IN_PAYLOAD ? _payloadLength : (HEADER_BYTES[_state] ?? Number.POSITIVE_INFINITY);
  return step - _bufferedBytes;
}

/** The next message, or fragment of one, has come as a whole. */
function hasLargeMessage({ _masked, _mask, _payloadLength, _bufferedBytes }: Receiver): boolean {
  return _masked && _mask?.length === 4 && _payloadLength >= MIN_WORD_BYTES && _bufferedBytes >= _payloadLength;
}

function unmaskWaiting(receiver: Receiver): void {
  const data = receiver.consume(receiver._payloadLength);
  unmask(data, receiver._mask ?? NO_MASK);
  receiver._mask = NO_MASK;
  receiver._buffers.unshift(data);
  receiver._bufferedBytes += data.length;
}
