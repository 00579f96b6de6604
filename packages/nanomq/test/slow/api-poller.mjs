/**
 * Polls the HTTP API of a broker, between "start" and "stop" of the parent, over connections that stay. In a process of
 * its own, so that reading the answers holds nobody up whose messages are timed. `argv[2]` is the port, `argv[3]` the
 * interval in milliseconds. Answers "stop" with how many calls were answered with 200, and how many were not.
 */
import { Agent, request } from 'node:http';

const CALLS = [
  ['POST', '/api/v1', '{"req":5,"seq":1}'],
  ['GET', '/api/v4/clients?limit=100', ''],
];
const port = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const counts = { good: 0, bad: 0 };
const open = new Set();
let polling;

function call([method, path, body]) {
  const headers = { 'content-length': Buffer.byteLength(body) };
  const options = { host: '127.0.0.1', port, agent, auth: 'admin:public', method, path, headers };
  const answered = new Promise((resolve) => {
    const ask = request(options, (response) => {
      response.resume().on('close', () => resolve(response.complete && response.statusCode === 200));
    });
    ask.on('error', () => resolve(false)).end(body);
  });
  open.add(answered);
  answered.then((isGood) => {
    counts[isGood ? 'good' : 'bad'] += 1;
    open.delete(answered);
  });
}

process.on('message', async (order) => {
  if (order === 'start') {
    polling = setInterval(() => CALLS.forEach(call), Number(process.argv[3]));
    return;
  }
  clearInterval(polling);
  await Promise.all(open);
  process.send(counts);
});
process.on('disconnect', () => process.exit(0));
