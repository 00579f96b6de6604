import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decodeConnect, encodeControl, FrameReader, FrameVerdict, MqttError } from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the example of the README prints what it says', () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const printed: unknown[] = [];
  const body = code.replace(/^import .*\n/m, '').replace(': FrameSink', '');
  const log = (...values: unknown[]) => printed.push(...values);
  const given = { decodeConnect, encodeControl, FrameReader, FrameVerdict, MqttError, console: { log } };
  new Function(...Object.keys(given), body)(...Object.values(given));
  const said = [...code.matchAll(/console\.log.*?; \/\/ (.*)$/gm)].flatMap(([, text]) => {
    return new Function(`return [${text}]`)();
  });
  expect(said).toHaveLength(5);
  expect(printed).toEqual(said);
});
