import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { API_USER } from '../peers/nanomq-ts.ts';
import { PollAnswer, type PollQuestion, pollQuestions } from './poll-answer.ts';
import type { PollCounts, PollerJob } from './poller.ts';

// Entry of the poller: job as JSON in argv[2]. It polls until SIGTERM, then writes its counts as JSON.

const job = JSON.parse(process.argv[2] ?? '{}') as PollerJob;
const agent = new Agent({ keepAlive: true });
const authorization = `Basic ${Buffer.from(`${API_USER.username}:${API_USER.password}`).toString('base64')}`;
const questions = pollQuestions(job.clients);
const start = performance.now();
let good = 0;
let bad = 0;
let polls = 0;
let firstFault = '';

process.once('SIGTERM', () => {
  const counts: PollCounts = { polls, seconds: (performance.now() - start) / 1000, good, bad, firstFault };
  process.stdout.write(`${JSON.stringify(counts)}\n`, () => process.exit(0));
});

for (let due = start; ; ) {
  await Promise.all(questions.map(ask));
  polls += 1;
  // A poll that took too long is followed at once, and not by all those it kept from being asked.
  due = Math.max(due + job.everyMs, performance.now());
  await sleep(due - performance.now());
}

async function ask(question: PollQuestion): Promise<void> {
  const fault = await faultOf(question).catch(
    (error: Error) => `${question.method} ${question.path}: ${error.message}`,
  );
  if (fault === undefined) {
    good += 1;
    return;
  }
  bad += 1;
  if (firstFault === '') firstFault = fault;
}

function faultOf(question: PollQuestion): Promise<string | undefined> {
  const { method, path, body } = question;
  const ofBody = body === '' ? {} : { 'content-type': 'application/json', 'content-length': body.length };
  const headers = { authorization, ...ofBody };
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: '127.0.0.1', port: job.apiPort, method, path, headers }, (response) => {
      const answer = new PollAnswer();
      response.on('data', (chunk: Buffer) => answer.add(chunk));
      response.on('end', () => resolve(answer.fault(response.statusCode ?? 0, question)));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
