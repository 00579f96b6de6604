import type { Connection } from '../connection/connection.ts';
import type { ClientView } from '../ports/admin.ts';
import type { Session } from '../session/session.ts';
import { clientView, stillHolds } from './client-views.ts';

/** The last view of a session that was shown. */
interface KeptView {
  readonly session: Session;
  /** What the view was made with. */
  connection: Connection | null;
  view: ClientView;
}

/** Views in the order in which their sessions were made, and how many of those sessions have ended. */
interface KeptList {
  readonly views: KeptView[];
  ended: number;
}

/** When this part of the sessions has ended, all views are made anew. */
const MOST_ENDED = 1 / 4;

/**
 * The views of the last walks over all sessions. A list that is polled mostly shows the same again: a view that holds is
 * given again, the same object, with whatever its reader has noted on it. They are held weakly, so that they are gone with
 * the next full collection when nobody asks any more.
 */
export class KeptViews {
  #kept: WeakRef<KeptList> | null = null;

  /** For one walk over all sessions. There may be several at a time. */
  walk(): KeptViewsWalk {
    const kept = this.#kept?.deref();
    if (kept !== undefined && kept.ended <= kept.views.length * MOST_ENDED) return new KeptViewsWalk(kept);
    const none = { views: [], ended: 0 };
    this.#kept = new WeakRef(none);
    return new KeptViewsWalk(none);
  }
}

/** Gives the views of one walk. */
export class KeptViewsWalk {
  readonly #kept: KeptList;
  #at = 0;
  #ended = 0;

  constructor(kept: KeptList) {
    this.#kept = kept;
  }

  /** What is shown of the session now. Sessions must come in the order in which they were made. */
  readonly viewOf = (session: Session): ClientView => {
    const kept = this.#find(session);
    if (kept === undefined) return this.#add(session);
    if (kept.connection !== session.connection || !stillHolds(kept.view, session)) {
      kept.connection = session.connection;
      kept.view = clientView(session);
    }
    this.#at++;
    return kept.view;
  };

  #find(session: Session): KeptView | undefined {
    const { views } = this.#kept;
    let kept = views[this.#at];
    while (kept !== undefined && kept.session.ordinal < session.ordinal) {
      this.#ended++;
      kept = views[++this.#at];
    }
    if (this.#ended > this.#kept.ended) this.#kept.ended = this.#ended;
    return kept?.session === session ? kept : undefined;
  }

  /** One that another walk has passed by already is made and not kept. */
  #add(session: Session): ClientView {
    const { views } = this.#kept;
    const view = clientView(session);
    if (this.#at === views.length) {
      views.push({ session, connection: session.connection, view });
      this.#at++;
    }
    return view;
  }
}
