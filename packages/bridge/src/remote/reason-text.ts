import { ReasonCode } from '@nanomq-ts/codec';

/** What CONNACK and DISCONNECT say of a reason. */
export interface StatedReason {
  readonly reasonCode: number;
  readonly reasonString?: string | undefined;
  readonly serverReference?: string | undefined;
}

const MOST_CHARACTERS = 200;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the class is exactly what must not reach a log
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]/g;

/** A reason for people: name, code, and what the remote broker adds, which is its text and may be anything. */
export function reasonOf({ reasonCode, reasonString, serverReference }: StatedReason): string {
  const name = Object.entries(ReasonCode).find(([, code]) => code === reasonCode)?.[0];
  const words = (name ?? 'unknown reason').replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  const reason = reasonString === undefined ? '' : `, "${shown(reasonString)}"`;
  const reference = serverReference === undefined ? '' : `, it names ${shown(serverReference)}`;
  return `${words} (${hexCode(reasonCode)})${reason}${reference}`;
}

/** A byte as the specification writes it. */
export function hexCode(code: number): string {
  return `0x${code.toString(16).padStart(2, '0')}`;
}

function shown(text: string): string {
  return text.replace(CONTROL_CHARACTERS, '?').slice(0, MOST_CHARACTERS);
}
