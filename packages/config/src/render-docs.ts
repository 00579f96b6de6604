import { CONFIG_ERRORS } from './config-error.ts';
import { DOCS_ERRORS, DOCS_HEAD, DOCS_KNOWN, DOCS_PROFILE } from './docs-text.ts';
import { PROFILES } from './profile.ts';
import { KEY_TABLE, type KeyEntry } from './schema/key-table.ts';

/** The text of docs/configuration.md. A test compares it with the committed file. */
export function renderConfigurationDocs(): string {
  const usedKeys = KEY_TABLE.filter((entry) => entry.status === 'used');
  const knownKeys = KEY_TABLE.filter((entry) => entry.status !== 'used');
  const sections = new Set(usedKeys.map((entry) => entry.path[0]));
  const profile = Object.entries(PROFILES.hardened).map(([key, value]) => [code(key), code(String(value))]);
  return [
    DOCS_HEAD,
    ...[...sections].map((name) => {
      return `## \`${name}\`\n\n${usedTable(usedKeys.filter((entry) => entry.path[0] === name))}\n`;
    }),
    `${DOCS_PROFILE}\n${table(['key', 'hardened'], profile)}\n`,
    `## Where we differ from NanoMQ\n\n${differencesTable(KEY_TABLE)}\n`,
    `${DOCS_KNOWN}\n${knownTable(knownKeys)}\n`,
    `${DOCS_ERRORS}\n${errorTable()}\n`,
  ].join('\n');
}

function usedTable(entries: readonly KeyEntry[]): string {
  const rows = entries.map((entry) => [
    code(entry.key),
    entry.type,
    entry.default === undefined ? (entry.absent ?? 'required') : code(entry.default),
    entry.meaning,
    entry.reload,
    variable(entry),
  ]);
  return table(['key', 'type', 'default', 'meaning', 'reload', 'variable'], rows);
}

function knownTable(entries: readonly KeyEntry[]): string {
  const rows = entries.map((entry) => [
    code(entry.key),
    entry.isChecked ? `${entry.type}, checked` : entry.type,
    entry.default ?? entry.absent ?? '',
    entry.meaning,
    variable(entry),
  ]);
  return table(['key', 'type', "NanoMQ's default", 'meaning', 'variable'], rows);
}

function differencesTable(entries: readonly KeyEntry[]): string {
  const rows = entries.flatMap((entry) => (entry.differs === undefined ? [] : [[code(entry.key), entry.differs]]));
  return table(['key', 'difference'], rows);
}

function errorTable(): string {
  const rows = Object.entries(CONFIG_ERRORS).map(([name, text]) => [code(name), text]);
  return table(['code', 'text'], rows);
}

function variable(entry: KeyEntry): string {
  return entry.env === undefined ? '' : code(`NANOMQ_${entry.env}`);
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
