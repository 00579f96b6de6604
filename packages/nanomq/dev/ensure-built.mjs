/**
 * Brings a checkout to the point where `dist/` can be run: installs when something is missing, then builds.
 * It uses nothing but Node and npm, because it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkout, without a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '');

const MINIMUM_NODE = [20, 19];

/**
 * Installs the locked dependencies when they are missing or older than the lock, then builds what has changed.
 * Prints a line a step on standard error, and the output of a step only when it fails.
 * Ends the process with code 1 when a step fails.
 */
export function ensureBuilt() {
  refuseOldNode();
  if (installIsStale()) {
    // `npm start` must not leave the test tools out because NODE_ENV happens to say production.
    runStep('installing the locked dependencies (npm ci)', npmCommand(), ['ci', '--include=dev', '--loglevel=error']);
  }
  runStep(undefined, [process.execPath, join(ROOT, 'node_modules/turbo/bin/turbo')], ['run', 'build', '--ui=stream']);
}

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needMajor, needMinor] = MINIMUM_NODE;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  console.error(`nanomq: needs Node ${needMajor}.${needMinor} or newer, this is ${process.versions.node}`);
  process.exit(1);
}

/** True when `npm ci` has to run. npm writes the hidden lock last, so its time is the end of the last install. */
function installIsStale() {
  const hiddenLock = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(hiddenLock)) return true;
  return statSync(join(ROOT, 'package-lock.json')).mtimeMs > statSync(hiddenLock).mtimeMs;
}

/** The npm that started us, so that `npm start` installs with the same npm; else the one on PATH. */
function npmCommand() {
  const npm = process.env.npm_execpath;
  return npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
}

function runStep(title, [command, ...first], rest) {
  if (title !== undefined) console.error(`nanomq: ${title}`);
  const done = spawnSync(command, [...first, ...rest], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Turbo asks its maker for updates and sends telemetry unless told not to; a build must not need the network.
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' },
  });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  const how = done.error?.message ?? (done.signal ? `signal ${done.signal}` : `code ${done.status}`);
  console.error(`nanomq: ${title ?? 'the build (turbo run build)'} failed: ${how}`);
  process.exit(1);
}
