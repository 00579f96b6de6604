import type { ChangeReport } from '@nanomq-ts/admin';
import { packageVersion } from '../cli/package-version.ts';
import type { ControlCommand, ControlReply } from '../control/control-message.ts';
import { addressText, listenerText } from '../listeners/listener-text.ts';
import type { BrokerProcess } from './broker-process.ts';
import { reportText } from './report-text.ts';

/** What carrying out the words of `nanomq status|reload|restart|stop` takes. */
export interface ControlOrdersSeat {
  readonly process: Pick<BrokerProcess, 'reload' | 'restart' | 'addresses'>;
  /** The file in use, for people. */
  readonly file: string | undefined;
  readonly waiting: () => readonly string[];
  readonly requestStop: () => void;
  readonly startedMs: number;
  readonly nowMs: () => number;
}

/** Carries a command out and puts the outcome into words; never rejects. */
export async function obeyControl(
  command: ControlCommand,
  seat: ControlOrdersSeat,
): Promise<Pick<ControlReply, 'ok' | 'text'>> {
  try {
    return { ok: true, text: await carryOut(command, seat) };
  } catch (error) {
    return { ok: false, text: error instanceof Error ? error.message : String(error) };
  }
}

async function carryOut(command: ControlCommand, seat: ControlOrdersSeat): Promise<string> {
  switch (command) {
    case 'status':
      return statusText(seat);
    case 'reload':
      return reloadText(await seat.process.reload(), seat.file);
    case 'restart':
      await seat.process.restart();
      return `the broker has restarted\n${addressLines(seat).join('\n')}`;
    case 'stop':
      seat.requestStop();
      return 'the broker stops';
    default:
      return command satisfies never;
  }
}

function reloadText(report: ChangeReport, file: string | undefined): string {
  return `reloaded ${file ?? '(no configuration file)'}\n${reportText(report)}`;
}

function statusText(seat: ControlOrdersSeat): string {
  const { file, startedMs, nowMs } = seat;
  const waiting = seat.waiting();
  return [
    `nanomq ${packageVersion()} runs, pid ${process.pid}, up ${Math.floor((nowMs() - startedMs) / 1000)} s`,
    `configuration: ${file ?? 'none, the defaults hold'}`,
    ...addressLines(seat),
    ...(waiting.length === 0 ? [] : [`waiting for a restart: ${waiting.join(', ')}`]),
  ].join('\n');
}

function addressLines({ process: { addresses } }: ControlOrdersSeat): string[] {
  if (addresses === null) return ['not listening: it is restarting'];
  const lines = addresses.listeners.map((address) => `listener ${address.name}: ${listenerText(address)}`);
  const { http } = addresses;
  return http === null ? lines : [...lines, `HTTP API: ${addressText(http.host, http.port)}`];
}
