// Who is signed in, as far as the page knows. The session itself is an HttpOnly cookie that no script can see.
import { useSyncExternalStore } from 'react';
import { OperationError, runOperation } from './graphql-client';
import {
  SELECT_TENANT,
  SIGN_IN,
  SIGN_OUT,
  WHO_AM_I,
  type SelectTenantData,
  type SignInData,
  type SignOutData,
  type TenantChoice,
  type UserError,
  type Viewer,
  type WhoAmIData,
} from './session-operations';

export interface Problem {
  field: 'username' | 'password' | 'tenant' | null;
  message: string;
}

interface Common {
  isBusy: boolean;
  problems: readonly Problem[];
}

export type Session = Common &
  (
    | { kind: 'checking' }
    | { kind: 'signedOut'; notice: string | null }
    | { kind: 'choosingTenant'; tenants: readonly TenantChoice[] }
    | { kind: 'signedIn'; viewer: Viewer }
  );

const SESSION_OVER = 'Your session is over. Sign in again to go on.';
const SIGN_IN_FIRST = 'That query needs a session. Sign in first, then run it again.';

const signedOut = (notice: string | null = null, problems: readonly Problem[] = []): Session => ({
  kind: 'signedOut',
  notice,
  problems,
  isBusy: false,
});
const signedIn = (viewer: Viewer): Session => ({ kind: 'signedIn', viewer, problems: [], isBusy: false });

let session: Session = { kind: 'checking', problems: [], isBusy: false };
let epoch = 0;
const listeners = new Set<() => void>();

function show(next: Session): void {
  session = next;
  for (const listener of listeners) {
    listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useSession = (): Session => useSyncExternalStore(subscribe, () => session);

/** Changes with every sign-in and sign-out, so that a late answer of an earlier session is told apart. */
export const sessionEpoch = (): number => epoch;

// Every action runs alone: an answer that arrives after a newer action has begun is dropped.
async function act(work: () => Promise<Session>): Promise<void> {
  epoch += 1;
  const own = epoch;
  show({ ...session, isBusy: true, problems: [] });
  let next: Session;
  try {
    next = await work();
  } catch (error) {
    next = afterFailure(error);
  }
  if (own === epoch) {
    show(next);
  }
}

function afterFailure(error: unknown): Session {
  if (error instanceof OperationError && error.code === 'UNAUTHENTICATED') {
    return signedOut(SESSION_OVER);
  }
  const message = error instanceof Error ? error.message : 'Something unexpected went wrong.';
  const problems: Problem[] = [{ field: null, message }];
  return session.kind === 'checking' ? signedOut(null, problems) : { ...session, problems, isBusy: false };
}

async function currentSession(): Promise<Session> {
  const { viewer } = await runOperation<WhoAmIData>(WHO_AM_I);
  return viewer ? signedIn(viewer) : signedOut();
}

export const refreshSession = (): Promise<void> => act(currentSession);

export const signIn = (username: string, password: string): Promise<void> =>
  act(async () => {
    const { login } = await runOperation<SignInData>(SIGN_IN, { input: { username, password } });
    switch (login.status) {
      case 'SIGNED_IN':
        return login.viewer ? signedIn(login.viewer) : currentSession();
      case 'TENANT_SELECTION_REQUIRED':
        return { kind: 'choosingTenant', tenants: login.tenants ?? [], problems: [], isBusy: false };
      default:
        return signedOut(null, problemsOf(login.userErrors, 'The portal refused this user name and password.'));
    }
  });

export const selectTenant = (tenantDatabaseId: number): Promise<void> =>
  act(async () => {
    const { selectTenant: payload } = await runOperation<SelectTenantData>(SELECT_TENANT, { input: { tenantDatabaseId } });
    if (payload.userErrors.length > 0) {
      return { ...session, problems: problemsOf(payload.userErrors, ''), isBusy: false };
    }
    return payload.viewer ? signedIn(payload.viewer) : currentSession();
  });

export const signOut = (): Promise<void> =>
  act(async () => {
    try {
      const { logout } = await runOperation<SignOutData>(SIGN_OUT);
      return logout.isSignedOut ? signedOut() : currentSession();
    } catch (error) {
      // A session that is already over is what was asked for.
      if (error instanceof OperationError && error.code === 'UNAUTHENTICATED') {
        return signedOut();
      }
      throw error;
    }
  });

/** Called when a query of the editor was answered UNAUTHENTICATED; `askedAt` is the epoch it was sent in. */
export function reportUnauthenticated(askedAt: number): boolean {
  if (askedAt !== epoch || session.isBusy) {
    return false;
  }
  if (session.kind === 'signedIn') {
    epoch += 1;
    show(signedOut(SESSION_OVER));
  } else if (session.kind === 'signedOut') {
    show(signedOut(session.notice ?? SIGN_IN_FIRST));
  }
  return true;
}

function problemsOf(userErrors: readonly UserError[], otherwise: string): Problem[] {
  if (userErrors.length === 0) {
    return [{ field: null, message: otherwise }];
  }
  return userErrors.map(({ field, message }) => {
    const last = (Array.isArray(field) ? field.at(-1) : String(field ?? '').split('.').at(-1)) as string | undefined;
    switch (last) {
      case 'username':
      case 'password':
        return { field: last, message };
      case 'tenantDatabaseId':
        return { field: 'tenant', message };
      default:
        return { field: null, message };
    }
  });
}
