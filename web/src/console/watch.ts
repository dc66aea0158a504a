// Looks at the gateway every two seconds for as long as somebody watches, and says so when it is gone.
import { useEffect, useState } from 'react';
import { EVERY_MILLISECONDS, followed, type Moment } from './history';
import { ask, Trouble, type State } from './state';

export interface Watch {
  history: Moment[];
  /** What was seen last, and when; it stays while the gateway is gone. */
  latest: { at: number; state: State } | null;
  /** Why nothing is seen now, and since when. */
  trouble: { since: number; reason: string } | null;
}

const NOTHING: Watch = { history: [], latest: null, trouble: null };

/** What a look adds to what was seen. */
export function looked(watch: Watch, at: number, found: State | Trouble): Watch {
  if (found instanceof Trouble) {
    const since = watch.trouble?.since ?? at;
    return { ...watch, history: followed(watch.history, { at, state: null }), trouble: { since, reason: found.message } };
  }
  return { history: followed(watch.history, { at, state: found }), latest: { at, state: found }, trouble: null };
}

const rest = (stop: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, EVERY_MILLISECONDS);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** What is seen of the gateway; nothing more while it is paused. */
export function useWatch(isPaused: boolean): Watch {
  const [watch, setWatch] = useState(NOTHING);
  useEffect(() => {
    if (isPaused) {
      return;
    }
    const stop = new AbortController();
    const look = async () => {
      while (!stop.signal.aborted) {
        const found = await ask(stop.signal).catch((error: unknown) =>
          error instanceof Trouble ? error : new Trouble('The page cannot read what the gateway tells.'),
        );
        if (stop.signal.aborted) {
          return;
        }
        const at = Date.now();
        setWatch((watch) => looked(watch, at, found));
        await rest(stop.signal);
      }
    };
    void look();
    return () => stop.abort();
  }, [isPaused]);
  return watch;
}
