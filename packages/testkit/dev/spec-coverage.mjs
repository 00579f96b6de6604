/**
 * Writes docs/spec-coverage.md: every clause that binds a server, the files that cite it, the tests that name it.
 *
 *   node packages/testkit/dev/spec-coverage.mjs            writes the document
 *   node packages/testkit/dev/spec-coverage.mjs --check    writes nothing; prints findings, exit code 1 when any
 *
 * A citation is `[MQTT-3.3.1-2]` (5.0), `[v3.1.1 MQTT-3.8.4-3]`, or with `!` after the bracket for a deliberate
 * shortfall. In sources it counts anywhere; in tests and in testkit/src only inside a string, which is a test's
 * title or a row of its table. `.skip` and `.todo` do not count.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(import.meta.dirname, '../../..');
const DOC = 'docs/spec-coverage.md';
const CLAUSES = 'packages/testkit/src/clauses';
/** Holds made-up citations to test this script with. */
const OWN_TEST = 'packages/testkit/test/spec-coverage.test.ts';

const CITATION = /\[(!?)(v3\.1\.1 )?MQTT-(\d+\.\d+\.\d+-\d+)\]/g;
const ANY_NUMBER = /MQTT-\d+[.-]\d+[.-]\d/g;
/** A test proves a 3.1.1 clause through its 5.0 twin only where its file runs 3.1.1 at all. */
const RUNS_311 = /3\.1\.1|\bVERSIONS\b|[vV]ersion: 4\b/;
const SHOWN_TESTS = 3;

const SECTIONS = {
  1: 'Data representation',
  2: 'Control packet format',
  3.1: 'CONNECT',
  3.2: 'CONNACK',
  3.3: 'PUBLISH',
  3.4: 'PUBACK',
  3.5: 'PUBREC',
  3.6: 'PUBREL',
  3.7: 'PUBCOMP',
  3.8: 'SUBSCRIBE',
  3.9: 'SUBACK',
  '3.10': 'UNSUBSCRIBE',
  3.11: 'UNSUBACK',
  3.12: 'PINGREQ',
  3.14: 'DISCONNECT',
  3.15: 'AUTH',
  4: 'Operational behaviour',
  6: 'WebSocket',
  7: 'Conformance',
};

function sectionOf(id) {
  const [chapter, section] = id.split('.');
  return chapter === '3' ? `${chapter}.${section}` : chapter;
}

function isTest(path) {
  return path.includes('/test/') || path.startsWith('packages/testkit/src/');
}

/** The strings of one line, each with its end; what stands after `//` or inside a block comment is none. */
function stringsOf(line) {
  const strings = [];
  if (/^\s*(?:\*|\/\*)/.test(line)) return strings;
  for (let at = 0; at < line.length; at++) {
    const quote = line[at];
    if (quote === '/' && line[at + 1] === '/') break;
    if (quote !== "'" && quote !== '"' && quote !== '`') continue;
    let end = at + 1;
    while (end < line.length && line[end] !== quote) end += line[end] === '\\' ? 2 : 1;
    strings.push(line.slice(at + 1, end));
    at = end;
  }
  return strings;
}

function keyOf(match) {
  return `${match[2] === undefined ? '5.0' : '3.1.1'} ${match[3]}`;
}

/** A test's title without its citations, short enough for a table cell. */
function titleOf(text) {
  const title = text.replace(CITATION, '').replace(/\s+/g, ' ').trim();
  return title.length > 80 ? `${title.slice(0, 79)}…` : title;
}

/** The words that follow a shortfall's citation: its reason. */
function reasonAfter(line, match) {
  const rest = line.slice(match.index + match[0].length).replace(/^[\s:.,]+|\*\/\s*$/g, '');
  return rest.trim() || 'reason in the file';
}

function scanLine(path, line, number, runs311, found, report) {
  const cited = [...line.matchAll(CITATION)];
  for (const { index } of line.matchAll(ANY_NUMBER)) {
    if (!cited.some((match) => match.index < index && index < match.index + match[0].length)) {
      report.malformed.push(`${path}:${number}: ${line.slice(index, index + 40).trim()}`);
    }
  }
  for (const match of cited) {
    if (!report.known.has(keyOf(match))) report.unknown.push(`${path}:${number}: ${match[0]}`);
    if (isTest(path)) continue;
    const entry = { path, reason: match[1] === '!' ? reasonAfter(line, match) : undefined };
    pushTo(found.sources, keyOf(match), entry);
  }
  if (!isTest(path) || /\.(?:skip|todo)\b/.test(line)) return;
  for (const text of stringsOf(line)) {
    for (const match of text.matchAll(CITATION)) {
      pushTo(found.tests, keyOf(match), { path, title: titleOf(text), runs311 });
    }
  }
}

function pushTo(map, key, value) {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** One row of a table: what is known of a clause after the scan. */
function coverageOf(version, [id, binds, says, options = {}], found, features) {
  const key = `${version} ${id}`;
  const twins = (options.same ?? []).map((twin) => `5.0 ${twin}`);
  const sources = [...(found.sources.get(key) ?? [])];
  const tests = [...(found.tests.get(key) ?? [])];
  const twinTests = twins.map((twin) => (found.tests.get(twin) ?? []).filter(({ runs311 }) => runs311));
  if (twins.length > 0 && twins.every((twin) => found.sources.has(twin))) {
    sources.push(...twins.flatMap((twin) => found.sources.get(twin)));
  }
  if (twins.length > 0 && twinTests.every((list) => list.length > 0)) tests.push(...twinTests.flat());
  const feature = features[options.when];
  const dormant = feature !== undefined && !feature.met && sources.length === 0 && tests.length === 0;
  return { id, version, binds, says, same: options.same ?? [], sources, tests, dormant, why: feature?.why };
}

function cell(lines) {
  return lines.map((line) => line.replace(/[|<>]/g, '\\$&')).join('<br>');
}

function sourceCell({ sources }) {
  const paths = sources.map(({ path, reason }) => short(path) + (reason === undefined ? '' : ' (shortfall)'));
  return cell([...new Set(paths)].sort()) || '**none**';
}

function testCell({ tests }) {
  const names = [...new Set(tests.map(({ path, title }) => `${short(path)}: ${title}`))].sort();
  const more = names.length - SHOWN_TESTS;
  return cell(more > 1 ? [...names.slice(0, SHOWN_TESTS), `and ${more} more`] : names) || '**none**';
}

function short(path) {
  return path.replace(/^packages\//, '');
}

function tablesOf(version, rows) {
  const lines = [`## MQTT ${version}`, ''];
  let section = '';
  for (const row of rows) {
    if (row.binds === 'client' || row.dormant) continue;
    if (sectionOf(row.id) !== section) {
      section = sectionOf(row.id);
      lines.push(...(lines.length > 2 ? [''] : []), `### ${section} ${SECTIONS[section]}`, '');
      lines.push('| clause | binds | meaning | obeyed in | tested by |', '| --- | --- | --- | --- | --- |');
    }
    const twins = row.same.length === 0 ? '' : ` (as 5.0 ${row.same.join(', ')})`;
    lines.push(`| ${row.id} | ${row.binds} | ${cell([row.says + twins])} | ${sourceCell(row)} | ${testCell(row)} |`);
  }
  return [...lines, ''];
}

function bullets(items) {
  return items.length === 0 ? ['None.', ''] : [...items.map((item) => `- ${item}`), ''];
}

function named({ version, id }) {
  return `${version} ${id}`;
}

function renderDoc(rows) {
  const binding = rows.filter(({ binds, dormant }) => binds !== 'client' && !dormant);
  const open = binding.filter((row) => row.sources.length === 0 || row.tests.length === 0);
  const shortfalls = binding.flatMap((row) =>
    row.sources
      .filter(({ reason }) => reason !== undefined)
      .map((each) => `${named(row)}: ${each.reason} (${short(each.path)})`),
  );
  const dormant = rows.filter((row) => row.dormant && row.binds !== 'client');
  const client = (version) => rows.filter((row) => row.version === version && row.binds === 'client');
  return [
    '# Specification coverage',
    '',
    '<!-- Written by packages/testkit/dev/spec-coverage.mjs; run it instead of editing this file. -->',
    '',
    'Every numbered normative statement of MQTT 5.0 and 3.1.1 (Appendix B of each) that binds a server: where the',
    'source cites it and which tests name it. *both* is also a rule for clients that the broker enforces. A 3.1.1',
    'clause marked *as 5.0* counts where its 5.0 twin does, through tests whose file runs 3.1.1 as well.',
    '',
    `Of ${binding.length} clauses that bind this broker, ${binding.length - open.length} have source and test.`,
    '',
    ...tablesOf(
      '5.0',
      rows.filter(({ version }) => version === '5.0'),
    ),
    ...tablesOf(
      '3.1.1',
      rows.filter(({ version }) => version === '3.1.1'),
    ),
    '## Deliberate shortfalls',
    '',
    ...bullets([...new Set(shortfalls)]),
    '## Not binding yet',
    '',
    ...bullets(dormant.map((row) => `${named(row)}: ${row.says}; ${row.why}`)),
    '## Binding clients only',
    '',
    ...['5.0', '3.1.1'].flatMap((version) => [
      `MQTT ${version}: ${client(version)
        .map(({ id }) => id)
        .join(', ')}.`,
      '',
    ]),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

export function specCoverage(files, lists) {
  const rowsOf = [
    ['5.0', lists.mqtt5],
    ['3.1.1', lists.mqtt311],
  ];
  const known = new Set(rowsOf.flatMap(([version, list]) => list.map(([id]) => `${version} ${id}`)));
  const found = { sources: new Map(), tests: new Map() };
  const report = { known, unknown: [], malformed: [] };
  for (const path of Object.keys(files).sort()) {
    const runs311 = RUNS_311.test(files[path]);
    const lines = files[path].split('\n');
    for (const [at, line] of lines.entries()) scanLine(path, line, at + 1, runs311, found, report);
  }
  const rows = rowsOf.flatMap(([version, list]) => list.map((row) => coverageOf(version, row, found, lists.features)));
  const uncovered = rows
    .filter(({ binds, dormant }) => binds !== 'client' && !dormant)
    .flatMap((row) => {
      const missing = [row.sources.length === 0 && 'source', row.tests.length === 0 && 'test'].filter(Boolean);
      return missing.length === 0 ? [] : [`${named(row)}: no ${missing.join(', no ')}: ${row.says}`];
    });
  return { doc: renderDoc(rows), unknown: report.unknown, malformed: report.malformed, uncovered };
}

export function readSources() {
  const files = {};
  for (const { name } of readdirSync(join(ROOT, 'packages'), { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  )) {
    for (const folder of ['src', 'test']) {
      const below = `packages/${name}/${folder}`;
      for (const path of tsFilesBelow(below)) files[path] = readFileSync(join(ROOT, path), 'utf8');
    }
  }
  return files;
}

function tsFilesBelow(folder) {
  let entries;
  try {
    entries = readdirSync(join(ROOT, folder), { recursive: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return entries
    .map((entry) => `${folder}/${entry.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && path !== OWN_TEST && !path.startsWith(`${CLAUSES}/`));
}

export async function readLists() {
  const names = readdirSync(join(ROOT, CLAUSES));
  const listOf = async (prefix) => {
    const parts = names.filter((name) => name.startsWith(`${prefix}-`)).map((name) => literalIn(name));
    return (await Promise.all(parts)).flat().sort(([a], [b]) => byNumber(a, b));
  };
  return { mqtt5: await listOf('mqtt5'), mqtt311: await listOf('mqtt311'), features: await literalIn('clause.ts') };
}

/** The first exported array or object of a clause file. It is plain JavaScript, only what surrounds it is not. */
async function literalIn(name) {
  const text = readFileSync(join(ROOT, CLAUSES, name), 'utf8');
  const literal = /^export const \w+[^=]* = ([[{][\s\S]*?^[\]}])/m.exec(text);
  if (literal === null) throw new Error(`${CLAUSES}/${name} exports no list`);
  const module = await import(`data:text/javascript,${encodeURIComponent(`export const value = ${literal[1]};`)}`);
  return module.value;
}

function byNumber(a, b) {
  const left = a.split(/[.-]/).map(Number);
  const right = b.split(/[.-]/).map(Number);
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? 0 : left[at] - right[at];
}

function readDoc() {
  try {
    return readFileSync(join(ROOT, DOC), 'utf8');
  } catch {
    return '';
  }
}

async function main() {
  const { doc, unknown, malformed, uncovered } = specCoverage(readSources(), await readLists());
  const findings = [
    ...unknown.map((line) => `unknown clause: ${line}`),
    ...malformed.map((line) => `not a citation: ${line}`),
  ];
  if (process.argv.includes('--check')) {
    findings.push(...uncovered.map((line) => `not covered: ${line}`));
    if (readDoc() !== doc) findings.push(`stale: run node packages/testkit/dev/spec-coverage.mjs to write ${DOC}`);
  } else {
    writeFileSync(join(ROOT, DOC), doc);
    process.stdout.write(`${DOC}: ${uncovered.length} clauses without source or test\n`);
  }
  for (const finding of findings) process.stderr.write(`${finding}\n`);
  if (findings.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
