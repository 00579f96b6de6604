/**
 * Characters that a terminal or a log reader may obey instead of showing: C0, DEL and C1 controls, line and paragraph
 * separators, and the invisible marks that reorder text. Clients choose client identifiers, topic names and reason
 * strings, so each of these could forge a line or drive the operator's terminal.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what it is for
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Writes every character that is obeyed rather than shown as `\uXXXX`. In a JSON text without line breaks this keeps
 * the meaning, because such characters stand only inside its strings, where JSON reads the escape back.
 */
export function escapeControls(text: string): string {
  return text.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
