// How the editor's queries reach the gateway, and what the page learns from their answers.
import type { Fetcher, FetcherOpts, FetcherParams } from '@graphiql/toolkit';
import { Kind, parse } from 'graphql';
import { isUnauthenticated, postGraphql, TransportError, type GraphqlAnswer } from './graphql-client';
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

async function send(
  params: FetcherParams,
  options: FetcherOpts | undefined,
  signal: AbortSignal,
  onSessionNeeded: () => void,
): Promise<GraphqlAnswer> {
  const askedAt = sessionEpoch();
  const headers = options?.headers as Record<string, string> | undefined;
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
  return answer;
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

function hasAuthorization(headers: Record<string, string> | undefined): boolean {
  return Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'authorization');
}
