import { describe, expect, it } from 'vitest';

// biome-ignore lint/correctness/useImportExtensions: the module is plain JavaScript; beside it stand its types
import { checkDirections } from '../dev/check-directions.mjs';

type Files = Record<string, string>;

function manifest(name: string, dependencies: string[] = [], devDependencies: string[] = []): string {
  const versions = (names: string[]) => Object.fromEntries(names.map((each) => [each, '1.0.0']));
  return JSON.stringify({ name, dependencies: versions(dependencies), devDependencies: versions(devDependencies) });
}

/** A small house in which every rule is kept; each row below breaks one. */
const GOOD: Files = {
  'packages/codec/package.json': manifest('@nanomq-ts/codec', ['mqtt-packet']),
  'packages/codec/src/index.ts': "/** Doors. */\nexport type { A } from './a.ts';\nexport { b, c } from './a.ts';\n",
  'packages/codec/src/a.ts': "import { generate } from 'mqtt-packet';\nimport { Buffer } from 'node:buffer';\n",
  'packages/core/package.json': manifest('@nanomq-ts/core', ['@nanomq-ts/codec']),
  'packages/core/src/index.ts': "export { x } from './topics/x.ts';\n",
  'packages/core/src/topics/x.ts':
    "import type { A } from '@nanomq-ts/codec';\nimport { y } from '../y.ts';\n/**\n * import { z } from 'express'\n */\n",
  'packages/listeners/package.json': manifest('@nanomq-ts/listeners', ['@nanomq-ts/core']),
  'packages/listeners/src/tcp.ts': "import net from 'node:net';\nimport { x } from '@nanomq-ts/core';\n",
  'packages/config/package.json': manifest('@nanomq-ts/config', ['zod']),
  'packages/config/src/schema.ts': "import {\n  z,\n} from 'zod';\n",
  'packages/nanomq/package.json': manifest('nanomq-ts', ['@nanomq-ts/core', '@nanomq-ts/config'], ['mqtt']),
  'packages/nanomq/src/compose.ts': "import { x } from '@nanomq-ts/core';\nimport { c } from '@nanomq-ts/config';\n",
  'packages/testkit/package.json': manifest('@nanomq-ts/testkit', ['@nanomq-ts/core'], ['vitest']),
  'packages/testkit/src/contract.ts': "import { it } from 'vitest';\nimport { x } from '@nanomq-ts/core';\n",
};

describe('checkDirections', () => {
  it('finds nothing in a house that keeps the rules', () => {
    expect(checkDirections(GOOD)).toEqual([]);
  });

  it.each<[rule: string, change: Files, finding: string]>([
    [
      'a package on the same level is imported',
      { 'packages/listeners/src/bad.ts': "import { c } from '@nanomq-ts/config';" },
      'packages/listeners/src/bad.ts: listeners must not import config',
    ],
    [
      'a higher package is imported, as a type only',
      { 'packages/codec/src/bad.ts': "import type { x } from '@nanomq-ts/core';" },
      'packages/codec/src/bad.ts: codec must not import core',
    ],
    [
      'a forbidden package is imported at run time',
      { 'packages/config/src/bad.ts': "const core = await import('@nanomq-ts/core');" },
      'packages/config/src/bad.ts: config must not import core',
    ],
    [
      'a forbidden package is re-exported through a subpath',
      { 'packages/config/src/bad.ts': "export { x } from '@nanomq-ts/core/internal';" },
      'packages/config/src/bad.ts: config must not import core',
    ],
    [
      'a library is imported but not declared',
      { 'packages/config/src/bad.ts': "import pino from 'pino';" },
      "packages/config/src/bad.ts: 'pino' is not declared in packages/config/package.json",
    ],
    [
      'a development dependency is imported by code that ships',
      { 'packages/nanomq/src/bad.ts': "import { connect } from 'mqtt';" },
      "packages/nanomq/src/bad.ts: 'mqtt' is not declared in packages/nanomq/package.json",
    ],
    [
      'a sister package is imported but not declared',
      { 'packages/nanomq/src/bad.ts': "import { a } from '@nanomq-ts/codec';" },
      "packages/nanomq/src/bad.ts: '@nanomq-ts/codec' is not declared in packages/nanomq/package.json",
    ],
    ...['node:net', 'net', 'node:tls', 'node:worker_threads', 'node:fs', 'node:fs/promises', 'express'].map(
      (module): [string, Files, string] => [
        `core imports ${module}`,
        { 'packages/core/src/bad.ts': `import * as it from '${module}';` },
        `packages/core/src/bad.ts: core must not import '${module}'`,
      ],
    ),
    [
      'core imports a forbidden module for its side effect',
      { 'packages/core/src/bad.ts': "import 'node:net';" },
      "packages/core/src/bad.ts: core must not import 'node:net'",
    ],
    [
      'code that ships imports testkit',
      { 'packages/nanomq/src/bad.ts': "import { vectors } from '@nanomq-ts/testkit';" },
      'packages/nanomq/src/bad.ts: nanomq must not import testkit',
    ],
    [
      'code that ships imports vitest',
      { 'packages/nanomq/src/bad.ts': "import { expect } from 'vitest';" },
      "packages/nanomq/src/bad.ts: only tests and testkit import 'vitest'",
    ],
    [
      'a path leads into a sister package',
      { 'packages/core/src/bad.ts': "import { a } from '../../codec/src/a.ts';" },
      "packages/core/src/bad.ts: '../../codec/src/a.ts' leads out of the package",
    ],
    [
      'a package imports itself by name',
      { 'packages/core/src/bad.ts': "import { x } from '@nanomq-ts/core';" },
      "packages/core/src/bad.ts: a package reaches its own files by path, not as '@nanomq-ts/core'",
    ],
    [
      'a file has 401 lines',
      { 'packages/core/src/bad.ts': '// line\n'.repeat(401) },
      'packages/core/src/bad.ts: 401 lines, the limit is 400',
    ],
    [
      'a file is a catch-all',
      { 'packages/core/src/topics/utils.ts': '' },
      'packages/core/src/topics/utils.ts: name it for its concept, not utils.ts',
    ],
    ...["export * from './a.ts';", 'export const x = 1;', "import './a.ts';", 'export default 1;'].map(
      (code): [string, Files, string] => [
        `index.ts holds ${code}`,
        { 'packages/config/src/index.ts': `export { z } from './schema.ts';\n${code}\n` },
        'packages/config/src/index.ts: index.ts holds named re-exports and nothing else',
      ],
    ),
    [
      'packages form a cycle through a devDependency',
      { 'packages/codec/package.json': manifest('@nanomq-ts/codec', ['mqtt-packet'], ['@nanomq-ts/testkit']) },
      '@nanomq-ts/codec, @nanomq-ts/core, @nanomq-ts/listeners, @nanomq-ts/testkit, nanomq-ts: packages form a cycle (devDependencies count, turbo follows them)',
    ],
  ])('reports when %s', (_, change, finding) => {
    expect(checkDirections({ ...GOOD, ...change })).toContain(finding);
  });

  it('accepts a file of exactly 400 lines', () => {
    expect(checkDirections({ ...GOOD, 'packages/core/src/long.ts': '// line\n'.repeat(400) })).toEqual([]);
  });
});
