/**
 * Checks the rules of the style guide (section 1) that no linter knows: which package may import which, that
 * imports are declared, that packages form no cycle, what core must not know, file length and what index.ts is.
 *
 *   node packages/testkit/dev/check-directions.mjs     prints every finding, exit code 1 when there is one
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIMIT_LINES = 400;
const CORE_PORTS = ['core'];

/** Folder of a package -> folders of the packages that its `src` may import; `*` is all but the private ones. */
const MAY_IMPORT = {
  codec: [],
  core: ['codec'],
  config: [],
  listeners: CORE_PORTS,
  auth: CORE_PORTS,
  persistence: CORE_PORTS,
  taskq: CORE_PORTS,
  admin: CORE_PORTS,
  cluster: CORE_PORTS,
  bridge: ['core', 'codec'],
  dashboard: [],
  nanomq: '*',
  testkit: '*',
  bench: '*',
};

/** Packages that never ship: nobody imports them, and what they import may be a devDependency. */
const PRIVATE = new Set(['testkit', 'bench']);

/** A shard without sockets, threads, files or a web server. */
const FORBIDDEN_IN_CORE = /^(?:node:)?(?:net|tls|worker_threads|fs|fs\/promises)$|^express$/;

const CATCH_ALL_NAMES = /^(?:utils?|helpers?|common|types)\.ts$/;

// Both find imports without parsing: a statement begins its line, and the lines of a doc comment begin with `*`.
const STATIC_IMPORT = /^[ \t]*(?:import|export)\b(?:[^'";]*?\bfrom)?\s*['"]([^'"]+)['"]/gm;
const DYNAMIC_IMPORT = /^(?![ \t]*(?:\*|\/\/)).*?\bimport\(\s*['"]([^'"]+)['"]/gm;
const NAMED_RE_EXPORT = /export\s+(?:type\s+)?\{[^}]*\}\s*from\s*['"][^'"]+['"]\s*;?|export\s*\{\s*\}\s*;?/g;

/**
 * @param {Record<string, string>} files  path from the root with `/` -> text: every `package.json` of a package
 *   and every `.ts` file of its `src`
 * @returns {string[]} findings as `path: what is wrong`, sorted; empty when all is well
 */
export function checkDirections(files) {
  const packages = readPackages(files);
  const findings = [];
  for (const [path, text] of Object.entries(files)) {
    const owner = packages.find((candidate) => path.startsWith(`${candidate.path}/src/`));
    if (owner === undefined) continue;
    findings.push(...checkShape(path, text), ...checkImports(path, text, owner, packages));
  }
  findings.push(...checkCycles(packages));
  return [...new Set(findings)].sort();
}

/** One record a package: where it lies, its name, what it declares; `edges` is filled while imports are read. */
function readPackages(files) {
  const manifests = Object.entries(files).filter(([path]) => path.endsWith('/package.json'));
  return manifests.map(([path, text]) => {
    const manifest = JSON.parse(text);
    const folder = path.slice(0, -'/package.json'.length);
    const shipped = ['dependencies', 'peerDependencies', 'optionalDependencies'];
    const declared = new Set(shipped.flatMap((field) => Object.keys(manifest[field] ?? {})));
    const development = new Set(Object.keys(manifest.devDependencies ?? {}));
    return {
      path: folder,
      folder: folder.split('/').at(-1),
      name: manifest.name,
      declared,
      development,
      edges: new Set([...declared, ...development]),
    };
  });
}

function checkShape(path, text) {
  const findings = [];
  const file = path.split('/').at(-1);
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > LIMIT_LINES) findings.push(`${path}: ${lines} lines, the limit is ${LIMIT_LINES}`);
  if (CATCH_ALL_NAMES.test(file)) findings.push(`${path}: name it for its concept, not ${file}`);
  if (file === 'index.ts' && stripComments(text).replace(NAMED_RE_EXPORT, '').trim() !== '') {
    findings.push(`${path}: index.ts holds named re-exports and nothing else`);
  }
  return findings;
}

/** Good enough for index.ts, which has no string but module names. */
function stripComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^[ \t]*\/\/.*$/gm, '');
}

function checkImports(path, text, owner, packages) {
  const specifiers = [...text.matchAll(STATIC_IMPORT), ...text.matchAll(DYNAMIC_IMPORT)].map((match) => match[1]);
  return specifiers.flatMap((specifier) => {
    const fault = faultOfImport(path, specifier, owner, packages);
    return fault === undefined ? [] : [`${path}: ${fault}`];
  });
}

/** What is wrong with one import, undefined when nothing is. Adds an edge when it leads to a sister package. */
function faultOfImport(path, specifier, owner, packages) {
  if (specifier.startsWith('.')) {
    const target = resolve('/', path, '..', specifier).slice(1);
    return target.startsWith(`${owner.path}/src/`) ? undefined : `'${specifier}' leads out of the package`;
  }
  if (owner.folder === 'core' && FORBIDDEN_IN_CORE.test(specifier)) return `core must not import '${specifier}'`;
  if (isBuiltin(specifier)) return undefined;

  const name = packageName(specifier);
  if (name === 'vitest' && owner.folder !== 'testkit') return `only tests and testkit import '${name}'`;
  const sister = packages.find((candidate) => candidate.name === name);
  if (sister !== undefined) {
    owner.edges.add(name);
    if (sister !== owner && !mayImport(owner.folder, sister.folder)) {
      return `${owner.folder} must not import ${sister.folder}`;
    }
  }
  if (name === owner.name) return `a package reaches its own files by path, not as '${specifier}'`;
  const isDeclared = owner.declared.has(name) || (PRIVATE.has(owner.folder) && owner.development.has(name));
  return isDeclared ? undefined : `'${name}' is not declared in ${owner.path}/package.json`;
}

function mayImport(from, to) {
  if (PRIVATE.has(to)) return false;
  const allowed = MAY_IMPORT[from];
  return allowed === '*' || (allowed?.includes(to) ?? false);
}

function packageName(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Peels off packages whose imports are all peeled off already; what is left stands on or leads to a cycle. */
function checkCycles(packages) {
  const byName = new Map(packages.map((each) => [each.name, each]));
  const left = new Map(packages.map((each) => [each.name, [...each.edges].filter((edge) => byName.has(edge))]));
  for (let peeled = true; peeled; ) {
    peeled = false;
    for (const [name, edges] of left) {
      if (edges.some((edge) => edge !== name && left.has(edge))) continue;
      left.delete(name);
      peeled = true;
    }
  }
  if (left.size === 0) return [];
  return [`${[...left.keys()].sort().join(', ')}: packages form a cycle (devDependencies count, turbo follows them)`];
}

/** Reads what checkDirections wants from the checkout at `root`. */
function readCheckout(root) {
  const folders = [...readdirSync(join(root, 'packages')).map((folder) => `packages/${folder}`), 'bench'];
  const files = {};
  for (const folder of folders) {
    const manifest = readIfPresent(join(root, folder, 'package.json'));
    if (manifest === undefined) continue;
    files[`${folder}/package.json`] = manifest;
    for (const entry of readdirSync(join(root, folder, 'src'), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const absolute = join(entry.parentPath ?? entry.path, entry.name);
      files[absolute.slice(root.length + 1).replaceAll('\\', '/')] = readFileSync(absolute, 'utf8');
    }
  }
  return files;
}

function readIfPresent(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function main() {
  const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
  const files = readCheckout(root);
  const findings = checkDirections(files);
  for (const finding of findings) console.error(finding);
  const verdict = findings.length === 0 ? 'all well' : `${findings.length} finding(s)`;
  console.log(`check-directions: ${Object.keys(files).length} files, ${verdict}`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) main();
