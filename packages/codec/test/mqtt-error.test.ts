import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MQTT_ERRORS, MqttError, type MqttErrorCode } from '../src/mqtt-error.ts';
import { ReasonCode } from '../src/reason-code.ts';

const CODES = Object.keys(MQTT_ERRORS) as MqttErrorCode[];
const PACKAGES = new URL('../../', import.meta.url);
const DOC = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

/** The sources of all packages but testkit, and without the table itself. */
function sources(): string {
  const texts: string[] = [];
  for (const name of readdirSync(PACKAGES)) {
    if (name === 'testkit') continue;
    const folder = new URL(`${name}/src/`, PACKAGES);
    for (const path of listed(folder)) {
      if (path.endsWith('.ts') && !path.endsWith('mqtt-error.ts'))
        texts.push(readFileSync(new URL(path, folder), 'utf8'));
    }
  }
  return texts.join('\n');
}

function listed(folder: URL): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return []; // a package without sources yet
  }
}

/** The rows of the table in docs/errors.md: code, reason code, text. */
const ROWS = [...DOC.matchAll(/^\| `([A-Z0-9_]+)` \| (0x[0-9A-F]{2}) [^|]*\| ([^|]+) \|/gm)].map((match) => ({
  code: match[1]!,
  reasonCode: Number(match[2]),
  text: match[3]!.trim(),
}));

describe('the table of errors', () => {
  it('has every code once, with a text of its own', () => {
    expect(new Set(CODES).size).toBe(CODES.length);
    expect(new Set(CODES.map((code) => MQTT_ERRORS[code].text)).size).toBe(CODES.length);
    expect(CODES.filter((code) => !/^[A-Z][A-Z0-9_]+$/.test(code))).toEqual([]);
  });

  it('has failures of the specification as reason codes', () => {
    const known = new Set<number>(Object.values(ReasonCode).filter((code) => code >= 0x80));
    expect(CODES.filter((code) => !known.has(MQTT_ERRORS[code].reasonCode))).toEqual([]);
  });

  it('is the table of docs/errors.md', () => {
    const table = CODES.map((code) => ({ code, ...MQTT_ERRORS[code] }));
    const byCode = (a: { code: string }, b: { code: string }) => a.code.localeCompare(b.code);
    expect(ROWS.sort(byCode)).toEqual(table.sort(byCode));
  });

  it('has no code that nobody throws', () => {
    const text = sources();
    const thrown = (code: string) => new RegExp(`MqttError\\(\\s*'${code}'`).test(text);
    expect(CODES.filter((code) => !thrown(code))).toEqual([]);
  });
});

describe('MqttError', () => {
  it('takes reason code and text from the table', () => {
    expect(new MqttError('PACKET_TOO_LARGE')).toMatchObject({
      name: 'MqttError',
      code: 'PACKET_TOO_LARGE',
      reasonCode: 0x95,
      message: 'packet is larger than the limit',
    });
  });

  it('may have a detail, a cause and another reason code', () => {
    const cause = new Error('why');
    const error = new MqttError('MALFORMED_PACKET', { detail: 'topic', reasonCode: 0x82, cause });
    expect(error).toMatchObject({ message: 'packet is not well formed: topic', reasonCode: 0x82, cause });
  });
});
