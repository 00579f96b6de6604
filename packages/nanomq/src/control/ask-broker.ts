import { connect } from 'node:net';
import {
  type ControlCommand,
  type ControlReply,
  formatRequest,
  parseReply,
  REPLY_LIMIT_BYTES,
} from './control-message.ts';

/** How a call went. `gone`: nobody listens on the socket, it is a leftover. */
export type CallOutcome =
  | { readonly kind: 'reply'; readonly reply: ControlReply }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Sends one command to the broker behind `path`. For `stop` it waits until the broker hangs up, which it does when it
 * has ended. Never rejects.
 * @param limitMs  so long may it take in all
 */
export function askBroker(path: string, command: ControlCommand, limitMs: number): Promise<CallOutcome> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    const settle = (outcome: CallOutcome) => {
      clearTimeout(limit);
      socket.destroy();
      resolve(outcome);
    };
    const limit = setTimeout(() => settle({ kind: 'failed', reason: `no answer within ${limitMs / 1000} s` }), limitMs);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(formatRequest(command)));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > REPLY_LIMIT_BYTES) settle({ kind: 'failed', reason: 'the answer is too long' });
    });
    let fault: NodeJS.ErrnoException | undefined;
    socket.on('error', (error) => {
      fault = error;
    });
    // What came before a fault counts: a broker that ends may reset the connection behind its answer.
    socket.on('close', () => settle(outcomeOf(text, fault)));
  });
}

function outcomeOf(text: string, fault: NodeJS.ErrnoException | undefined): CallOutcome {
  const reply = parseReply(text);
  if (reply !== undefined) return { kind: 'reply', reply };
  if (fault?.code === 'ECONNREFUSED' || fault?.code === 'ENOENT') return { kind: 'gone' };
  const hungUp = fault === undefined || fault.code === 'ECONNRESET' || fault.code === 'EPIPE';
  return { kind: 'failed', reason: hungUp ? 'it hung up' : fault.message };
}
