import type { WebSocket } from 'ws';
import { MIN_WORD_BYTES, unmask } from './unmask.ts';

/** The part of `ws`'s receiver that is used here; it is in no documentation. */
interface Receiver {
  _masked: boolean;
  _mask: Uint8Array | undefined;
  _payloadLength: number;
  _bufferedBytes: number;
  readonly _buffers: Buffer[];
  consume(bytes: number): Buffer;
  getData(done: (error?: Error) => void): void;
}

/** `ws` removes nothing where it finds this. */
const NO_MASK = new Uint8Array(4);

/**
 * The third place that leans on what is not documented: makes a WebSocket remove masks with our own `unmask`. `ws` does
 * it byte by byte without its native companion, which was the largest part of the cost of large messages. A `ws` that
 * is built otherwise is left as it is.
 */
export function hastenReceiver(webSocket: WebSocket): void {
  const { _receiver: receiver } = webSocket as unknown as { readonly _receiver?: Partial<Receiver> | null };
  if (receiver == null || !isKnown(receiver)) return;
  const { getData } = receiver;
  receiver.getData = function getUnmaskedData(done) {
    if (hasLargeMessage(this)) unmaskWaiting(this);
    getData.call(this, done);
  };
}

function isKnown(receiver: Partial<Receiver>): receiver is Receiver {
  return (
    typeof receiver.getData === 'function' &&
    typeof receiver.consume === 'function' &&
    typeof receiver._payloadLength === 'number' &&
    typeof receiver._bufferedBytes === 'number' &&
    Array.isArray(receiver._buffers)
  );
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
