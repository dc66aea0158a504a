// Whatever went wrong, with its code: errors of fields, of the network, and what a mutation says its caller can mend.
import { CombinedGraphQLErrors, ServerError } from '@apollo/client';

export interface Problem {
  code: string;
  message: string;
  /** Whether the same may work a little later. */
  isPassing: boolean;
}

interface UserError {
  code: string;
  message: string;
}

/** One list of what an answer says is wrong. */
export function problemsOf(error: unknown, userErrors: readonly UserError[] = []): Problem[] {
  const problems = userErrors.map(({ code, message }) => ({ code, message, isPassing: false }));
  if (CombinedGraphQLErrors.is(error)) {
    for (const { message, extensions } of error.errors) {
      const { code, retryable } = extensions ?? {};
      problems.push({ code: typeof code === 'string' ? code : 'UNKNOWN', message, isPassing: retryable === true });
    }
  } else if (ServerError.is(error)) {
    const message = 'The gateway cannot be asked right now.';
    problems.push({ code: `HTTP ${error.statusCode}`, message, isPassing: true });
  } else if (error) {
    problems.push({ code: 'NETWORK', message: 'The gateway cannot be reached.', isPassing: true });
  }
  // A field that failed in many records at once is one problem.
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.message}`, problem])).values()];
}

interface Properties {
  problems: readonly Problem[];
  /** Asks again; offered for what may pass. */
  onRetry?: () => void;
}

export function Problems({ problems, onRetry }: Properties) {
  return (
    <div role="alert">
      {problems.length > 0 && (
        <div className="problems">
          <ul>
            {problems.map(({ code, message }) => (
              <li key={`${code} ${message}`}>
                <code>{code}</code> {message}
              </li>
            ))}
          </ul>
          {onRetry && problems.some(({ isPassing }) => isPassing) && (
            <button type="button" onClick={onRetry}>
              Try again
            </button>
          )}
        </div>
      )}
    </div>
  );
}
