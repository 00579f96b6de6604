/** What the broker can be told. */
export const CONTROL_COMMANDS = ['status', 'reload', 'restart', 'stop'] as const;

/** One of the words above. */
export type ControlCommand = (typeof CONTROL_COMMANDS)[number];

/** Longest line a broker reads, in bytes. */
export const REQUEST_LIMIT_BYTES = 1024;

/** Longest line a command reads, in bytes: a report names every changed setting, an answer every problem of a file. */
export const REPLY_LIMIT_BYTES = 4 * 1024 * 1024;

/** What the broker answers: one line of JSON. */
export interface ControlReply {
  readonly ok: boolean;
  readonly pid: number;
  /** The configuration file it runs with; null without one. */
  readonly file: string | null;
  /** For people, one or more lines without a line feed at the end. */
  readonly text: string;
}

/** The command in a request line `{"command":"status"}`; undefined when it is none. */
export function parseRequest(line: string): ControlCommand | undefined {
  const command = member(parseJson(line), 'command');
  return CONTROL_COMMANDS.find((known) => known === command);
}

/** A request line with its line feed. */
export function formatRequest(command: ControlCommand): string {
  return `${JSON.stringify({ command })}\n`;
}

/** The reply in a line; undefined when it is none. */
export function parseReply(line: string): ControlReply | undefined {
  const reply = parseJson(line);
  const [ok, pid, file, text] = ['ok', 'pid', 'file', 'text'].map((name) => member(reply, name));
  const isReply = typeof ok === 'boolean' && typeof pid === 'number' && typeof text === 'string';
  if (!isReply || (file !== null && typeof file !== 'string')) return undefined;
  return { ok, pid, file, text };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
