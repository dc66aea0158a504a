// Whether queries of the editor ask to be explained, and how the last of them was answered.
import { useSyncExternalStore } from 'react';
import type { Explanation } from './explanation';
import type { GraphqlAnswer } from './graphql-client';

export const EXPLAIN_HEADER = 'portalgraph-explain';

interface Explained {
  isOn: boolean;
  last: Explanation | null;
  /** Why there is nothing to show of the last query that asked for it. */
  problem: string | null;
}

let explained: Explained = { isOn: false, last: null, problem: null };
const listeners = new Set<() => void>();

function show(change: Partial<Explained>): void {
  explained = { ...explained, ...change };
  for (const listener of listeners) {
    listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useExplained = (): Explained => useSyncExternalStore(subscribe, () => explained);

export const isExplaining = (): boolean => explained.isOn;

export const setExplaining = (isOn: boolean): void => show({ isOn, problem: null });

/** Takes note of an answer to a query that asked to be explained; hands back what the answer pane is to show of it. */
export function takeExplanation(answer: GraphqlAnswer): GraphqlAnswer {
  const { explain, ...others } = answer.extensions ?? {};
  if (!explain) {
    show({ last: null, problem: answer.errors?.[0]?.message ?? 'The answer came without an explanation.' });
    return answer;
  }
  show({ last: explain, problem: null });
  const { extensions: _, ...rest } = answer;
  return Object.keys(others).length > 0 ? { ...rest, extensions: others } : rest;
}
