// One way to send an operation to the gateway, used by the editor and by the sign-in panel alike.
import type { Explanation } from './explanation';

export const ENDPOINT = '/graphql';
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

export interface GraphqlError {
  message: string;
  path?: readonly (string | number)[];
  extensions?: { code?: string };
}

export interface GraphqlAnswer {
  data?: Record<string, unknown> | null;
  errors?: GraphqlError[];
  extensions?: { explain?: Explanation; [name: string]: unknown };
}

export interface GraphqlRequest {
  query: string;
  variables?: unknown;
  operationName?: string | null | undefined;
}

/** The gateway gave no GraphQL answer at all; the message is for the person in front of the page. */
export class TransportError extends Error {}

/** The gateway answered, but with a top-level error in place of data. */
export class OperationError extends Error {
  constructor(
    message: string,
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

export async function postGraphql(
  request: GraphqlRequest,
  options: { headers?: Record<string, string> | undefined; signal?: AbortSignal } = {},
): Promise<GraphqlAnswer> {
  let response: Response;
  try {
    response = await fetch(ENDPOINT, {
      method: 'POST',
      credentials: 'same-origin',
      cache: 'no-store',
      // The gateway never redirects; following one would carry the operation elsewhere.
      redirect: 'error',
      headers: { ...options.headers, 'content-type': 'application/json', accept: ACCEPT },
      body: JSON.stringify(request),
      signal: options.signal ?? null,
    });
  } catch (cause) {
    if (options.signal?.aborted) {
      throw cause;
    }
    throw new TransportError('The gateway cannot be reached. Check the connection and try again.');
  }
  const answer = await readAnswer(response);
  if (!answer) {
    throw new TransportError(describeStatus(response));
  }
  return answer;
}

/** Sends one operation of the page's own and hands back its data, or throws in words fit to be shown. */
export async function runOperation<Data>(query: string, variables?: Record<string, unknown>): Promise<Data> {
  return dataOf(await postGraphql(variables ? { query, variables } : { query }));
}

/** The data of an answer; throws its first error, unless that is the one the caller has an answer to. */
export function dataOf<Data>(answer: GraphqlAnswer, expected?: GraphqlError): Data {
  const error = answer.errors?.find((each) => each !== expected);
  if (error || !answer.data) {
    throw new OperationError(error?.message ?? 'The gateway answered without data.', error?.extensions?.code);
  }
  return answer.data as Data;
}

export function isUnauthenticated(answer: GraphqlAnswer): boolean {
  return answer.errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED') ?? false;
}

// A GraphQL answer may come with any status; a proxy's error page comes as HTML and is none.
async function readAnswer(response: Response): Promise<GraphqlAnswer | null> {
  try {
    const value: unknown = await response.json();
    const isAnswer = typeof value === 'object' && value !== null && ('data' in value || 'errors' in value);
    return isAnswer ? (value as GraphqlAnswer) : null;
  } catch {
    return null;
  }
}

function describeStatus(response: Response): string {
  const retryAfter = Number(response.headers.get('retry-after'));
  const wait = retryAfter > 0 ? ` Try again in ${retryAfter} seconds.` : ' Try again in a moment.';
  switch (response.status) {
    case 429:
      return `Too many requests were sent.${wait}`;
    case 502:
    case 503:
    case 504:
      return `The gateway is not available right now (HTTP ${response.status}).${wait}`;
    default:
      return `The gateway gave no GraphQL answer (HTTP ${response.status}).`;
  }
}
