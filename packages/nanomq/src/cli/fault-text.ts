import { escapeControls } from '../log/control-characters.ts';
import { loggableText } from '../log/loggable-fields.ts';

/**
 * An error nobody expected, as stderr may show it: its stack, without secrets, controls escaped.
 * @param error  whatever was thrown
 * @returns one or more lines without a line feed at the end
 */
export function faultText(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return loggableText(text).split('\n').map(escapeControls).join('\n');
}
