import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CONFIG_ERRORS } from '../src/config-error.ts';
import { renderConfigurationDocs } from '../src/render-docs.ts';
import { KEY_TABLE } from '../src/schema/key-table.ts';

const committed = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');

it('docs/configuration.md is what the schema gives (run packages/config/dev/generate-docs.mjs)', () => {
  expect(committed).toBe(renderConfigurationDocs());
});

it.each([...KEY_TABLE.map((entry) => entry.key), ...Object.keys(CONFIG_ERRORS)])('lists %s', (name) => {
  expect(committed).toContain(`| \`${name}\` |`);
});
