/**
 * Part of `npm run build`: makes the files that a worker thread runs, in `dist/shard` (docs/adr/0013-bundled-worker.md).
 *
 *   shard-thread.cjs  what the thread starts: a few lines that run the next one
 *   shard-main.cjs    a whole shard as one function expression, with the names of the sources and without comments
 *   ws.cjs, ...       packages that are loaded where they are configured (`createRequire` in the sources), one file each
 *   NOTICE.txt        licenses of what stands in these files
 *
 * A `.map` beside each leads to the TypeScript sources.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const TARGET = join(PACKAGE, 'dist/shard');
const MODULE_FRAME = {
  banner: '(function (exports, require, module, __filename, __dirname) {',
  footer: '})',
};
const LAZY_REQUIRE = /\brequire\('([^.'][^']*)'\)/g;

/** Files of packages by name, found while `shard-main` is bundled. */
const lazy = new Map();
const bundled = new Set();

/** What the sources `require` when they need it becomes a file of its own beside the bundle. */
const lazyPackages = {
  name: 'lazy-packages',
  transform(code, id) {
    if (!code.includes('createRequire(import.meta.url)') || id.includes('node_modules')) return null;
    const replaced = code.replaceAll(LAZY_REQUIRE, (_, name) => {
      lazy.set(name, createRequire(id).resolve(name));
      return `require('./${name}.cjs')`;
    });
    // Every line stays where it was.
    return { code: replaced, map: null };
  },
};

rmSync(TARGET, { recursive: true, force: true });
await bundle('shard-thread', join(PACKAGE, 'src/shard-thread.ts'));
await bundle('shard-main', join(PACKAGE, 'src/shard-main.ts'), MODULE_FRAME);
for (const [name, path] of lazy) await bundle(name, path);
writeFileSync(join(TARGET, 'NOTICE.txt'), noticeText());

async function bundle(name, input, frame = {}) {
  const build = await rolldown({
    cwd: PACKAGE,
    input: { [name]: input },
    platform: 'node',
    resolve: {
      conditionNames: ['source', 'node'],
      // mqtt-packet reaches for a copy of Node's own streams, about a quarter of the whole.
      alias: { 'readable-stream': 'node:stream' },
    },
    plugins: [lazyPackages],
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
  });
  const { output } = await build.write({
    dir: TARGET,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    codeSplitting: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
    comments: { legal: true, annotation: false, jsdoc: false },
    // ASCII, because one other character makes V8 keep two bytes for every one.
    minify: { mangle: false, compress: false, codegen: { removeWhitespace: false, asciiOnly: true } },
    ...frame,
  });
  await build.close();
  for (const id of Object.keys(output[0].modules)) bundled.add(id);
}

function noticeText() {
  const folders = new Set([...bundled].filter((id) => id.includes('/node_modules/')).map(packageFolder));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text =
      file === undefined
        ? 'The package comes without the text of its license.'
        : readFileSync(join(folder, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return `The files in this folder contain parts of these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

function packageFolder(id) {
  const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id);
  return folder;
}
