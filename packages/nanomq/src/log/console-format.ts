import { escapeControls } from './control-characters.ts';

/** Members of a record that have a place of their own in the line. */
const PLACED = new Set(['time', 'level', 'msg']);

/** A value that needs no quotes: nothing in it can be taken for a space, a quote or the next field. */
const PLAIN = /^[\w.:/@+$#*,[\]-]+$/;

/**
 * Turns one record of the log (a JSON object on one line, as pino writes it) into a line for people:
 * `TIME LEVEL text key=value key="value with spaces"`. Sections and lists stay JSON, controls are escaped.
 * @returns one line with its line feed; a text that is no JSON object comes back as it is, escaped
 */
export function formatConsoleLine(json: string): string {
  const record = parseRecord(json);
  if (record === undefined) return `${escapeControls(json.trimEnd())}\n`;
  const level = String(record.level).toUpperCase().padEnd(5);
  const fields = Object.entries(record).filter(([key]) => !PLACED.has(key));
  const parts = [String(record.time), level, String(record.msg ?? ''), ...fields.map(formatField)];
  return `${escapeControls(parts.join(' '))}\n`;
}

function parseRecord(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function formatField([key, value]: [string, unknown]): string {
  const text = typeof value === 'string' && PLAIN.test(value) ? value : JSON.stringify(value);
  return `${PLAIN.test(key) ? key : JSON.stringify(key)}=${text}`;
}
