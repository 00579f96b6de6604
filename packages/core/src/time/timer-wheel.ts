/** What a timer wakes. */
export interface TimerOwner {
  /** `nowMs` is the clock at the tick; the timer is no longer scheduled. */
  timerDue(timer: WheelTimer, nowMs: number): void;
}

const NOT_SCHEDULED = -1;

/** One timer; owned by what it wakes and reused for its whole life. */
export class WheelTimer {
  readonly owner: TimerOwner;
  dueMs = 0;
  /** Slot of the wheel, or -1. Owned by the wheel, as the links. */
  slot = NOT_SCHEDULED;
  next: WheelTimer | null = null;
  previous: WheelTimer | null = null;

  constructor(owner: TimerOwner) {
    this.owner = owner;
  }

  get isScheduled(): boolean {
    return this.slot !== NOT_SCHEDULED;
  }
}

/** Slots in the wheel; timers further away stay in their slot for several rounds. */
const SLOTS = 1024;

/**
 * One wheel for keep alive, expiry, will delay and resend: scheduling and cancelling cost a few pointer writes.
 * Timers fire on the first tick at or after their due time, so up to one tick late and never early.
 */
export class TimerWheel {
  readonly tickMs: number;
  readonly #slots: (WheelTimer | null)[] = new Array<WheelTimer | null>(SLOTS).fill(null);
  #tick: number;

  /** @param nowMs  the clock at the start, milliseconds */
  constructor(nowMs: number, tickMs: number) {
    this.tickMs = tickMs;
    this.#tick = Math.floor(nowMs / tickMs);
  }

  /** Timers scheduled. Walks over all of them; for tests. */
  get size(): number {
    let count = 0;
    for (const head of this.#slots) for (let timer = head; timer !== null; timer = timer.next) count++;
    return count;
  }

  /** Schedules the timer, or moves it when it is scheduled already. */
  schedule(timer: WheelTimer, dueMs: number): void {
    if (timer.slot !== NOT_SCHEDULED) this.cancel(timer);
    const tick = Math.max(Math.ceil(dueMs / this.tickMs), this.#tick + 1);
    const slot = tick % SLOTS;
    timer.dueMs = dueMs;
    timer.slot = slot;
    const head = this.#slots[slot] as WheelTimer | null;
    timer.next = head;
    timer.previous = null;
    if (head !== null) head.previous = timer;
    this.#slots[slot] = timer;
  }

  cancel(timer: WheelTimer): void {
    if (timer.slot === NOT_SCHEDULED) return;
    if (timer.previous !== null) timer.previous.next = timer.next;
    else this.#slots[timer.slot] = timer.next;
    if (timer.next !== null) timer.next.previous = timer.previous;
    timer.slot = NOT_SCHEDULED;
    timer.next = null;
    timer.previous = null;
  }

  /** Fires everything due at `nowMs`. A wheel that was asleep for more than a round looks at each slot once. */
  advance(nowMs: number): void {
    const until = Math.floor(nowMs / this.tickMs);
    const first = Math.max(this.#tick + 1, until - SLOTS + 1);
    if (until > this.#tick) this.#tick = until;
    const due: WheelTimer[] = [];
    for (let tick = first; tick <= until; tick++) {
      for (let timer = this.#slots[tick % SLOTS] as WheelTimer | null; timer !== null; timer = timer.next) {
        if (timer.dueMs <= nowMs) due.push(timer);
      }
    }
    for (const timer of due) if (timer.slot !== NOT_SCHEDULED && timer.dueMs <= nowMs) this.#fire(timer, nowMs);
  }

  #fire(timer: WheelTimer, nowMs: number): void {
    this.cancel(timer);
    timer.owner.timerDue(timer, nowMs);
  }
}
