/**
 * `npm test`: installs and builds when needed, runs every quick test, then the end-to-end tests with the real
 * clients that are present, and closes with one line `tests: N passed, N failed[, N skipped]`.
 *
 *   --slow       the slow suites (test/slow) instead; with --short a run of each that fits into CI
 *   --no-build   trust `dist/` as it is (CI, after its own build step)
 *   --no-e2e     the quick tests only
 *   --no-shards  the core's behaviour with one shard only; real clients meet four all the same
 *   other words  go to vitest, as a filter on file names for example
 *
 * Environment: NANOMQ_E2E_REQUIRE=1 makes a missing real client a failure, NANOMQ_TEST_SUMMARY=FILE writes the
 * counts there as JSON and leaves the closing line to the caller.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ROOT } from './ensure-built.mjs';
import { missingClients } from './real-clients.mjs';

/** Everything that is behaviour of the core runs with four shards too: the same clients, spread over them. */
const FOUR_SHARDS = { NANOMQ_TEST_SHARDS: '4' };
const SHARDED_TESTS = ['packages/core/test'];
const CLIENT_TESTS = ['mosquitto', 'mqtt-js', 'paho', 'edge'].map((name) => `packages/nanomq/test/e2e/${name}`);

const OWN_FLAGS = ['--slow', '--short', '--no-build', '--no-e2e', '--no-shards'];
const given = process.argv.slice(2);
const has = (flag) => given.includes(flag);
const passedOn = given.filter((argument) => !OWN_FLAGS.includes(argument));

if (!has('--no-build')) ensureBuilt();
if (has('--short')) process.env.NANOMQ_SLOW_SHORT = '1';

const total = { passed: 0, failed: 0, skipped: 0 };
if (has('--slow')) {
  runSuite('slow', 'vitest.slow.config.ts');
} else {
  runSuite('quick', 'vitest.config.ts');
  if (!has('--no-shards')) runSuite('behaviour, four shards', 'vitest.config.ts', SHARDED_TESTS, FOUR_SHARDS);
  if (!has('--no-e2e')) runEndToEnd();
}
close();

function runEndToEnd() {
  const missing = missingClients();
  if (missing.length > 0) {
    const list = missing.map((client) => `${client.what} (install ${client.debianPackage})`).join(', ');
    console.log(`left out for want of a real client: ${list}`);
    if (process.env.NANOMQ_E2E_REQUIRE === '1') total.failed += 1;
  }
  runSuite('e2e', 'vitest.e2e.config.ts');
  runSuite('real clients, four shards', 'vitest.e2e.config.ts', CLIENT_TESTS, FOUR_SHARDS);
}

/**
 * Runs one vitest configuration and adds its counts to the total.
 * @param files  filters on file names; words of the command line take their place
 */
function runSuite(label, config, files = [], environment = {}) {
  const cache = join(ROOT, 'node_modules/.cache/nanomq');
  const report = join(cache, `vitest-${label.replaceAll(/\W+/g, '-')}-${process.pid}.json`);
  mkdirSync(cache, { recursive: true });
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const settings = ['--config', join(ROOT, 'packages/nanomq/dev', config), '--passWithNoTests'];
  const reporters = ['--reporter=minimal', '--reporter=json', `--outputFile.json=${report}`, '--silent=passed-only'];
  const filters = passedOn.length > 0 ? passedOn : files;
  console.log(`--- ${label} tests on Node ${process.versions.node}`);
  const done = spawnSync(process.execPath, [vitest, 'run', ...settings, ...reporters, ...filters], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  addCounts(report, done.status === 0);
  rmSync(report, { force: true });
}

function addCounts(report, exitedWell) {
  let failed = 0;
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    // A file that does not even load has no failed test in it, but it is a failure all the same.
    const brokenFiles = result.testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0);
    failed = result.numFailedTests + brokenFiles.length;
    total.passed += result.numPassedTests;
    total.skipped += result.numPendingTests + result.numTodoTests;
  } catch {
    // No report: vitest ended before it ran a test; its exit code below counts as the failure.
  }
  total.failed += !exitedWell && failed === 0 ? 1 : failed;
}

function close() {
  const summary = process.env.NANOMQ_TEST_SUMMARY;
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  if (summary) writeFileSync(summary, JSON.stringify(total));
  else console.log(`\ntests: ${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}
