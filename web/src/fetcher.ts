// How the editor's queries reach the gateway, and what the page learns from their answers.
import type { Fetcher, FetcherOpts, FetcherParams } from '@graphiql/toolkit';
import { Kind, OperationTypeNode, parse } from 'graphql';
import { createClient } from 'graphql-sse';
import { EXPLAIN_HEADER, isExplaining, takeExplanation } from './explain-store';
import { ENDPOINT, isUnauthenticated, postGraphql, TransportError, type GraphqlAnswer } from './graphql-client';
import { refreshSession, reportUnauthenticated, sessionEpoch } from './session-store';

// Operations written in the editor that change who is signed in: the panel has to look again after them.
const CHANGES_SESSION = /\b(login|selectTenant|logout)\b/;

export interface FetcherOptions {
  onSessionNeeded(): void;
}

interface Observer {
  next(answer: GraphqlAnswer): void;
  error(error: unknown): void;
  complete(): void;
}

/** An observable instead of a promise: that is what makes the editor's stop button cancel the request. */
export function createFetcher({ onSessionNeeded }: FetcherOptions): Fetcher {
  const fetcher = (params: FetcherParams, options?: FetcherOpts) => ({
    subscribe(observer: Observer) {
      if (isSubscription(params)) {
        return { unsubscribe: follow(params, options, observer, onSessionNeeded) };
      }
      const cancellation = new AbortController();
      send(params, options, cancellation.signal, onSessionNeeded)
        .then((answer) => {
          observer.next(answer);
          observer.complete();
        })
        .catch((error: unknown) => {
          if (!cancellation.signal.aborted) {
            observer.error(error);
          }
        });
      return { unsubscribe: () => cancellation.abort() };
    },
  });
  return fetcher as unknown as Fetcher;
}

// Events come by fetch, so that they carry the same cookie and headers as queries do.
function follow(
  params: FetcherParams,
  options: FetcherOpts | undefined,
  observer: Observer,
  onSessionNeeded: () => void,
): () => void {
  const askedAt = sessionEpoch();
  const headers = options?.headers as Record<string, string> | undefined;
  const client = createClient({ url: ENDPOINT, credentials: 'same-origin', headers: headers ?? {} });
  const operationName = operationNameOf(params);
  const request = { query: params.query, variables: params.variables as Record<string, unknown> };
  const stop = client.subscribe(operationName ? { ...request, operationName } : request, {
    next(result) {
      const answer = result as unknown as GraphqlAnswer;
      if (!hasAuthorization(headers) && isUnauthenticated(answer) && reportUnauthenticated(askedAt)) {
        onSessionNeeded();
      }
      observer.next(answer);
    },
    error(error) {
      // Shown in the shape of an answer: the editor would add a stack trace to a thrown error.
      const message = error instanceof Error ? error.message : 'The gateway sends no more events.';
      observer.next({ errors: [{ message }] });
      observer.complete();
    },
    complete() {
      observer.complete();
    },
  });
  return stop;
}

async function send(
  params: FetcherParams,
  options: FetcherOpts | undefined,
  signal: AbortSignal,
  onSessionNeeded: () => void,
): Promise<GraphqlAnswer> {
  const askedAt = sessionEpoch();
  const own = options?.headers as Record<string, string> | undefined;
  const isExplained = asksToBeExplained(params);
  const headers = isExplained ? { ...own, [EXPLAIN_HEADER]: '1' } : own;
  let answer: GraphqlAnswer;
  try {
    answer = await postGraphql({ ...params, operationName: operationNameOf(params) }, { headers, signal });
  } catch (error) {
    if (error instanceof TransportError) {
      // Shown in the shape of an answer: the editor would add a stack trace to a thrown error.
      return { errors: [{ message: error.message }] };
    }
    throw error;
  }
  // Reading the schema is the page's own doing, and a bearer token is not the session of the panel.
  const isOwn = params.operationName === 'IntrospectionQuery' || hasAuthorization(headers);
  if (!isOwn && isUnauthenticated(answer) && reportUnauthenticated(askedAt)) {
    onSessionNeeded();
  } else if (!isOwn && CHANGES_SESSION.test(params.query)) {
    void refreshSession();
  }
  return isExplained ? takeExplanation(answer) : answer;
}

// Nobody who is about to sign in may be told anything yet.
function asksToBeExplained({ query, operationName }: FetcherParams): boolean {
  return isExplaining() && operationName !== 'IntrospectionQuery' && !CHANGES_SESSION.test(query);
}

// The editor works out the name a moment after the last keystroke. Whoever runs the query within that moment
// would ask for an operation that is no longer there, so a lone operation is named by its own text.
function operationNameOf({ query, operationName }: FetcherParams): string | null | undefined {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    const [only] = operations;
    return operations.length === 1 && only && 'name' in only ? only.name?.value : operationName;
  } catch {
    // The gateway says better what is wrong with the text.
    return operationName;
  }
}

function isSubscription({ query, operationName }: FetcherParams): boolean {
  try {
    const operations = parse(query).definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
    const named = operations.find((each) => each.name?.value === operationName);
    return (named ?? operations[0])?.operation === OperationTypeNode.SUBSCRIPTION;
  } catch {
    return false;
  }
}

function hasAuthorization(headers: Record<string, string> | undefined): boolean {
  return Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'authorization');
}
