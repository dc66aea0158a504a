// What the gateway tells of itself, as src/server/console/state.rs writes it, and how it is asked.

export type Counts = Record<string, number>;

export interface State {
  version: string;
  upSeconds: number;
  notReady: string | null;
  sessions: { people: number; serviceAccounts: number; serviceAccountsListed: number };
  requests: {
    underWay: number;
    waiting: number;
    places: number;
    shed: number;
    turnedAway: Counts;
    wholeAnswers: Counts;
  };
  operations: Operation[];
  classEnds: number[];
  upstreams: Upstream[];
  calls: Call[];
  cache: { answers: Kept; wholeAnswers: Kept; nouns: Noun[]; stale: Counts };
  live: { subscriptions: number; polls: Poll[] };
  plans: Plan[];
}

export interface Operation {
  name: string;
  type: string;
  outcomes: Counts;
  seconds: number;
  classes: number[];
}

export interface Upstream {
  name: string;
  class: string;
  breaker: 'closed' | 'trying' | 'open';
  underWay: number;
  waiting: number;
  limit: number;
  most: number;
  refused: Counts;
}

export interface Call {
  operation: string;
  outcomes: Counts;
  retries: number;
  hedges: number;
  recent: { calls: number; medianSeconds: number; p95Seconds: number; bytes: number } | null;
}

export interface Kept {
  entries: number;
  bytes: number;
  mostBytes: number;
}

export interface Noun {
  noun: string;
  called: number;
  shared: number;
  kept: number;
}

export interface Poll {
  operation: string;
  noun: string;
  pollers: number;
  restSeconds: number | null;
  outcomes: Counts;
}

export interface Plan {
  edge: string;
  setting: string;
  ways: Counts;
  forward: Estimate[];
  inverse: Estimate[];
}

export interface Estimate {
  operation: string;
  seconds: number;
  bytes: number;
  isSeen: boolean;
}

const PATIENCE_MILLISECONDS = 5_000;

/** Why there is no state, in words for whoever watches. */
export class Trouble extends Error {}

/** Asks for the state; fails with `Trouble` in words, or because `stop` said so. */
export async function ask(stop: AbortSignal): Promise<State> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MILLISECONDS)]);
  const response = await fetch('/console/state.json', { cache: 'no-store', signal }).catch((error: unknown) => {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    throw new Trouble(isLate ? 'The gateway does not answer in time.' : 'The gateway cannot be reached.');
  });
  if (!response.ok) {
    throw new Trouble(`The gateway refuses to tell its state (HTTP ${response.status}).`);
  }
  return response.json().catch(() => {
    throw new Trouble('What answers is not the gateway, or not this version of it.');
  });
}
