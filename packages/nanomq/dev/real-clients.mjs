/** Which real MQTT clients this machine has, and how to get the others. Read by test.mjs and by test/e2e. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's python3 comes first: a pyenv in front of it on PATH does not see Debian's packages. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

/**
 * @param {string} name  a command without a path
 * @returns {boolean} true when PATH has an executable of that name
 */
function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @returns {boolean} true when both Mosquitto command line clients are present */
export function hasMosquittoClients() {
  return onPath('mosquitto_pub') && onPath('mosquitto_sub');
}

/** @returns {boolean} true when curl and a shell for its lines are present */
export function hasCurl() {
  return onPath('curl') && onPath('bash');
}

/** @returns {string | undefined} a Python that has the Paho client, undefined when there is none */
export function pahoPython() {
  return PYTHONS.find((python) => spawnSync(python, ['-c', 'import paho.mqtt.client']).status === 0);
}

/** @returns {string | undefined} Debian's browser, undefined when there is none */
export function chromiumPath() {
  return ['chromium', 'chromium-browser'].find(onPath);
}

/** @returns {{ what: string, debianPackage: string }[]} what the end-to-end tests have to leave out here */
export function missingClients() {
  const missing = [];
  if (!hasMosquittoClients()) {
    missing.push({ what: 'mosquitto_pub and mosquitto_sub', debianPackage: 'mosquitto-clients' });
  }
  if (!hasCurl()) missing.push({ what: 'curl', debianPackage: 'curl' });
  if (pahoPython() === undefined) missing.push({ what: 'Paho Python', debianPackage: 'python3-paho-mqtt' });
  if (chromiumPath() === undefined) missing.push({ what: 'Chromium', debianPackage: 'chromium' });
  return missing;
}
