// What was seen in the last five minutes, bounded, and what follows from it: rates, shares and differences.
import type { Counts, Operation, State } from './state';

export const EVERY_MILLISECONDS = 2_000;
export const WINDOW_MILLISECONDS = 300_000;

/** Rates and shares are of so long: of two seconds alone they would jump. */
const SPAN_MILLISECONDS = 10_000;

/** A few more than fit the window, because looks take time themselves. */
const MOST = WINDOW_MILLISECONDS / EVERY_MILLISECONDS + 2;

/** What was seen at a moment; null if nothing was, which leaves a gap. */
export interface Moment {
  at: number;
  state: State | null;
}

export interface Point {
  at: number;
  value: number | null;
}

/** The history with one more moment, and without those that are out of the window. */
export function followed(history: readonly Moment[], next: Moment): Moment[] {
  const begin = next.at - WINDOW_MILLISECONDS;
  return [...history, next].filter(({ at }) => at >= begin).slice(-MOST);
}

export const sum = (counts: Counts) => Object.values(counts).reduce((all, count) => all + count, 0);

export const total = <Item>(items: readonly Item[], pick: (item: Item) => number) =>
  items.reduce((all, item) => all + pick(item), 0);

export const requests = (state: State) => total(state.operations, ({ outcomes }) => sum(outcomes));

export const faulty = ({ outcomes }: Pick<Operation, 'outcomes'>) => (outcomes['partial'] ?? 0) + (outcomes['failed'] ?? 0);

export const faultyRequests = (state: State) => total(state.operations, faulty) + state.requests.shed;

export const calls = (state: State) => total(state.calls, ({ outcomes }) => sum(outcomes));

export const failedCalls = (state: State) => total(state.calls, ({ outcomes }) => outcomes['failed'] ?? 0);

export const questions = (state: State) => total(state.cache.nouns, ({ called, shared, kept }) => called + shared + kept);

/** The state a moment is compared with: about ten seconds before, without a gap or a restart in between. */
function before(history: readonly Moment[], place: number): State | null {
  const moment = history[place];
  let found: State | null = null;
  let later = moment?.state ?? null;
  for (let index = place - 1; moment && later && index >= 0; index -= 1) {
    const earlier = history[index];
    if (!earlier?.state || moment.at - earlier.at > SPAN_MILLISECONDS || earlier.state.upSeconds > later.upSeconds) {
      break;
    }
    found = earlier.state;
    later = earlier.state;
  }
  return found;
}

function points(history: readonly Moment[], value: (now: State, then: State) => number | null): Point[] {
  return history.map(({ at, state }, place) => {
    const then = state && before(history, place);
    return { at, value: state && then ? value(state, then) : null };
  });
}

/** How much of something there was a second. */
export function perSecond(history: readonly Moment[], count: (state: State) => number): Point[] {
  return points(history, (now, then) => {
    const seconds = now.upSeconds - then.upSeconds;
    return seconds > 0 ? (count(now) - count(then)) / seconds : null;
  });
}

/** Which share of something was of a kind; nothing while there was none. */
export function share(history: readonly Moment[], part: (state: State) => number, whole: (state: State) => number): Point[] {
  return points(history, (now, then) => {
    const all = whole(now) - whole(then);
    return all > 0 ? (part(now) - part(then)) / all : null;
  });
}

/** How it stood. */
export function level(history: readonly Moment[], value: (state: State) => number): Point[] {
  return history.map(({ at, state }) => ({ at, value: state && value(state) }));
}

/** Within what time so large a part of all requests was answered. */
export function withinSeconds(history: readonly Moment[], part: number): Point[] {
  return points(history, (now, then) => {
    const classes = added(difference(now, then).operations, now.classEnds.length + 1);
    return percentile(classes, now.classEnds, part)?.seconds ?? null;
  });
}

const added = (operations: readonly Operation[], length: number) =>
  Array.from({ length }, (_, place) => total(operations, ({ classes }) => classes[place] ?? 0));

/** The time within which so large a part was done, straight between the ends of its class; beyond the last end nobody knows. */
export function percentile(classes: readonly number[], ends: readonly number[], part: number) {
  const all = classes.at(-1) ?? 0;
  if (all <= 0) {
    return null;
  }
  const rank = part * all;
  const place = classes.findIndex((count) => count >= rank);
  const end = ends[place];
  if (end === undefined) {
    return { seconds: ends.at(-1) ?? 0, isBeyond: true };
  }
  const begin = place > 0 ? (ends[place - 1] ?? 0) : 0;
  const below = place > 0 ? (classes[place - 1] ?? 0) : 0;
  const within = (classes[place] ?? 0) - below;
  return { seconds: begin + (within > 0 ? (rank - below) / within : 1) * (end - begin), isBeyond: false };
}

/** The earliest state of the window since the gateway was last started. */
export function earliest(history: readonly Moment[]): Moment | null {
  let found: Moment | null = null;
  for (const moment of history.toReversed()) {
    if (moment.state) {
      if (found?.state && moment.state.upSeconds > found.state.upSeconds) {
        break;
      }
      found = moment;
    }
  }
  return found;
}

function less(now: Counts, then: Counts | undefined): Counts {
  return Object.fromEntries(Object.entries(now).map(([key, count]) => [key, count - (then?.[key] ?? 0)]));
}

/** What was counted since then, in the place of what was counted since the start. What holds now stays as it is. */
export function difference(now: State, then: State): State {
  const operationThen = new Map(then.operations.map((operation) => [`${operation.type} ${operation.name}`, operation]));
  const callThen = new Map(then.calls.map((call) => [call.operation, call]));
  const nounThen = new Map(then.cache.nouns.map((noun) => [noun.noun, noun]));
  const pollThen = new Map(then.live.polls.map((poll) => [poll.operation, poll]));
  const planThen = new Map(then.plans.map((plan) => [plan.edge, plan]));
  const upstreamThen = new Map(then.upstreams.map((upstream) => [`${upstream.name} ${upstream.class}`, upstream]));
  return {
    ...now,
    requests: {
      ...now.requests,
      shed: now.requests.shed - then.requests.shed,
      turnedAway: less(now.requests.turnedAway, then.requests.turnedAway),
      wholeAnswers: less(now.requests.wholeAnswers, then.requests.wholeAnswers),
    },
    operations: now.operations.map((operation) => {
      const former = operationThen.get(`${operation.type} ${operation.name}`);
      return {
        ...operation,
        outcomes: less(operation.outcomes, former?.outcomes),
        seconds: operation.seconds - (former?.seconds ?? 0),
        classes: operation.classes.map((count, place) => count - (former?.classes[place] ?? 0)),
      };
    }),
    upstreams: now.upstreams.map((upstream) => ({
      ...upstream,
      refused: less(upstream.refused, upstreamThen.get(`${upstream.name} ${upstream.class}`)?.refused),
    })),
    calls: now.calls.map((call) => {
      const former = callThen.get(call.operation);
      return {
        ...call,
        outcomes: less(call.outcomes, former?.outcomes),
        retries: call.retries - (former?.retries ?? 0),
        hedges: call.hedges - (former?.hedges ?? 0),
      };
    }),
    cache: {
      ...now.cache,
      nouns: now.cache.nouns.map((noun) => {
        const former = nounThen.get(noun.noun);
        return {
          noun: noun.noun,
          called: noun.called - (former?.called ?? 0),
          shared: noun.shared - (former?.shared ?? 0),
          kept: noun.kept - (former?.kept ?? 0),
        };
      }),
      stale: less(now.cache.stale, then.cache.stale),
    },
    live: {
      ...now.live,
      polls: now.live.polls.map((poll) => ({
        ...poll,
        outcomes: less(poll.outcomes, pollThen.get(poll.operation)?.outcomes),
      })),
    },
    plans: now.plans.map((plan) => ({ ...plan, ways: less(plan.ways, planThen.get(plan.edge)?.ways) })),
  };
}
