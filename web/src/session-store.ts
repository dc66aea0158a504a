// Who is signed in where, as far as the page knows. The session itself is an HttpOnly cookie that no script can see.
import { useSyncExternalStore } from 'react';
import { rememberUpstream } from './browser-storage';
import { dataOf, OperationError, postGraphql, runOperation } from './graphql-client';
import {
  SELECT_TENANT,
  SIGN_IN,
  SIGN_OUT,
  WHO_AM_I,
  type IcwsViewer,
  type SelectTenantData,
  type SignInData,
  type SignOutData,
  type TenantChoice,
  type Upstream,
  type Viewer,
  type WhoAmIData,
} from './session-operations';
import { problemsOf, type Problem } from './session-problems';

export interface Session {
  /** False until the gateway has said for the first time who is signed in. */
  isChecked: boolean;
  isBusy: boolean;
  portal: Viewer | null;
  icws: IcwsViewer | null;
  /** What to choose from while the portal waits for a choice. */
  tenants: readonly TenantChoice[] | null;
  /** Whether the form for the other upstream is open beside the session that is held. */
  isAdding: boolean;
  /** The upstreams the gateway has, as far as is known. */
  offered: readonly Upstream[];
  notice: string | null;
  problems: readonly Problem[];
}

type Change = Partial<Session>;

/** What people call an upstream, within a sentence. */
export const NAMES: Record<Upstream, string> = { PORTAL: 'the portal', ICWS: 'ICWS' };

const UPSTREAMS: readonly Upstream[] = ['PORTAL', 'ICWS'];
const SESSION_OVER = 'Your session is over. Sign in again to go on.';
const SIGN_IN_FIRST = 'That query needs a session. Sign in first, then run it again.';
const SETTLED = { notice: null, problems: [], tenants: null, isAdding: false };

let session: Session = {
  ...SETTLED,
  isChecked: false,
  isBusy: false,
  portal: null,
  icws: null,
  offered: UPSTREAMS,
};
let epoch = 0;
const listeners = new Set<() => void>();

function show(change: Change): void {
  session = { ...session, ...change };
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

/** Where somebody is signed in. */
export const heldIn = ({ portal, icws }: Pick<Session, 'portal' | 'icws'>): Upstream[] =>
  UPSTREAMS.filter((upstream) => (upstream === 'PORTAL' ? portal : icws) !== null);

/** Where somebody could sign in who is not signed in there. */
export const openIn = (current: Session): Upstream[] =>
  current.offered.filter((upstream) => !heldIn(current).includes(upstream));

// Every action runs alone: an answer that arrives after a newer action has begun is dropped.
async function act(work: () => Promise<Change>): Promise<void> {
  epoch += 1;
  const own = epoch;
  show({ isBusy: true, problems: [] });
  let change: Change;
  try {
    change = await work().catch((error: unknown) => {
      if (error instanceof OperationError && error.code === 'UNAUTHENTICATED') {
        return afterUnauthenticated();
      }
      throw error;
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : 'Something unexpected went wrong.';
    change = { problems: [{ field: null, message }] };
  }
  if (own === epoch) {
    show({ ...change, isBusy: false, isChecked: true });
  }
}

// One query asks about both upstreams. `icws` is an error where nobody is signed in, which is no fault here. It makes no
// call, so where it is unreachable the gateway has no ICWS, and nobody need be asked where to sign in.
async function whoIsThere(): Promise<Change> {
  const answer = await postGraphql({ query: WHO_AM_I });
  const refusal = answer.errors?.find(({ path }) => path?.join() === 'icws');
  const { viewer, icws } = dataOf<WhoAmIData>(answer, refusal);
  const isMissing = refusal?.extensions?.code === 'PORTAL_UNREACHABLE';
  const offered = isMissing ? session.offered.filter((upstream) => upstream !== 'ICWS') : session.offered;
  return { ...SETTLED, offered, portal: viewer, icws: icws?.viewer ?? null };
}

// An UNAUTHENTICATED does not say which session it is about: what is gone, or was never there, does.
async function afterUnauthenticated(): Promise<Change> {
  const before = [...(session.tenants ? (['PORTAL'] as const) : []), ...heldIn(session)];
  const now = await whoIsThere();
  const after = heldIn({ ...session, ...now });
  const lost = before.filter((upstream) => !after.includes(upstream));
  if (after.length === 0) {
    return { ...now, notice: SESSION_OVER };
  }
  const [over] = lost;
  if (over) {
    return { ...now, isAdding: true, notice: `Your session at ${NAMES[over]} is over. Sign in again to go on.` };
  }
  const [other] = openIn({ ...session, ...now });
  if (other) {
    const notice = `That query needs a session at ${NAMES[other]} too. Sign in there, then run it again.`;
    return { ...now, isAdding: true, notice };
  }
  return now;
}

export const refreshSession = (): Promise<void> => act(whoIsThere);

export const signIn = (upstream: Upstream, username: string, password: string): Promise<void> =>
  act(async () => {
    const { login } = await runOperation<SignInData>(SIGN_IN, { input: { upstream, username, password } });
    switch (login.status) {
      case 'SIGNED_IN':
        rememberUpstream(upstream);
        return { ...SETTLED, portal: login.viewer, icws: login.icwsViewer };
      case 'TENANT_SELECTION_REQUIRED':
        rememberUpstream(upstream);
        return { ...SETTLED, portal: null, tenants: login.tenants ?? [] };
      default:
        return refused(upstream, login.userErrors);
    }
  });

function refused(upstream: Upstream, userErrors: SignInData['login']['userErrors']): Change {
  if (userErrors.some(({ code }) => code === 'UPSTREAM_NOT_CONFIGURED')) {
    // Not offered again, so that nobody sends a password for nothing.
    const offered = session.offered.filter((each) => each !== upstream);
    const message = `This gateway has no ${upstream === 'ICWS' ? 'ICWS' : 'portal'}.`;
    return { offered, notice: null, isAdding: false, problems: [{ field: null, message }] };
  }
  const otherwise = `This user name and password were refused by ${NAMES[upstream]}.`;
  return { notice: null, problems: problemsOf(userErrors, otherwise) };
}

export const selectTenant = (tenantDatabaseId: number): Promise<void> =>
  act(async () => {
    const { selectTenant: payload } = await runOperation<SelectTenantData>(SELECT_TENANT, { input: { tenantDatabaseId } });
    if (payload.userErrors.length > 0) {
      return { problems: problemsOf(payload.userErrors, '') };
    }
    return payload.viewer ? { ...SETTLED, portal: payload.viewer } : whoIsThere();
  });

/** Signs out of one upstream and leaves the other alone. A session that is already over is what was asked for. */
export const signOut = (upstream: Upstream): Promise<void> =>
  act(async () => {
    const { logout } = await runOperation<SignOutData>(SIGN_OUT, { upstream });
    if (!logout.isSignedOut) {
      return whoIsThere();
    }
    return { ...SETTLED, ...(upstream === 'PORTAL' ? { portal: null } : { icws: null }) };
  });

/** Opens or closes the form for the other upstream. */
export const setAdding = (isAdding: boolean): void => show({ isAdding, notice: null, problems: [] });

/** Called when a query of the editor was answered UNAUTHENTICATED; `askedAt` is the epoch it was sent in. */
export function reportUnauthenticated(askedAt: number): boolean {
  if (askedAt !== epoch || session.isBusy) {
    return false;
  }
  if (heldIn(session).length > 0) {
    void act(afterUnauthenticated);
  } else if (!session.tenants) {
    show({ notice: session.notice ?? SIGN_IN_FIRST });
  }
  return true;
}
