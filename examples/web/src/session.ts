// Who is signed in. The password passes through; the session itself is a cookie that no script can see.
import { makeVar } from '@apollo/client';
import { client, whenSessionIsOver } from './gateway';
import { graphql } from './gql';
import { problemsOf, type Problem } from './problems';

const WHO_AM_I = graphql(`
  query WhoAmI {
    viewer {
      ...SignedIn
    }
  }

  fragment SignedIn on Viewer {
    loginName
    tenant {
      id
      name
    }
  }
`);

const SIGN_IN = graphql(`
  mutation SignIn($input: LoginInput!) {
    login(input: $input) {
      status
      viewer {
        ...SignedIn
      }
      tenants {
        databaseId
        name
      }
      userErrors {
        code
        message
      }
    }
  }
`);

const SELECT_TENANT = graphql(`
  mutation SelectTenant($input: SelectTenantInput!) {
    selectTenant(input: $input) {
      viewer {
        ...SignedIn
      }
      userErrors {
        code
        message
      }
    }
  }
`);

const SIGN_OUT = graphql(`
  mutation SignOut {
    logout {
      isSignedOut
    }
  }
`);

export interface Person {
  loginName: string;
  tenant: { id: string; name: string };
}

export interface TenantChoice {
  databaseId: number;
  name: string;
}

type SignedOut = { stage: 'signed out'; notice?: string; problems: readonly Problem[] };

export type Session =
  | SignedOut
  | { stage: 'unknown' }
  | { stage: 'choosing'; tenants: readonly TenantChoice[]; problems: readonly Problem[] }
  | { stage: 'signed in'; viewer: Person };

export const session = makeVar<Session>({ stage: 'unknown' });

const SIGNED_OUT: SignedOut = { stage: 'signed out', problems: [] };

/** Shows who is there now, with nothing left in the cache of who was there before. */
async function begin(viewer: Person | null | undefined): Promise<void> {
  await client.clearStore();
  session(viewer ? { stage: 'signed in', viewer } : SIGNED_OUT);
}

export async function findOut(): Promise<void> {
  const { data, error } = await client.query({ query: WHO_AM_I, fetchPolicy: 'no-cache', errorPolicy: 'all' });
  if (error) {
    session({ ...SIGNED_OUT, problems: problemsOf(error) });
  } else {
    await begin(data?.viewer);
  }
}

export async function signIn(username: string, password: string): Promise<void> {
  const variables = { input: { username, password } };
  // Kept out of the cache, where the password would be part of a key.
  const options = { variables, fetchPolicy: 'no-cache', errorPolicy: 'all' } as const;
  const { data, error } = await client.mutate({ mutation: SIGN_IN, ...options });
  const login = data?.login;
  if (login?.status === 'SIGNED_IN') {
    await begin(login.viewer);
  } else if (login?.status === 'TENANT_SELECTION_REQUIRED') {
    session({ stage: 'choosing', tenants: login.tenants, problems: [] });
  } else {
    session({ ...SIGNED_OUT, problems: problemsOf(error, login?.userErrors) });
  }
}

export async function selectTenant(tenantDatabaseId: number): Promise<void> {
  const variables = { input: { tenantDatabaseId } };
  const { data, error } = await client.mutate({ mutation: SELECT_TENANT, variables, errorPolicy: 'all' });
  const problems = problemsOf(error, data?.selectTenant?.userErrors);
  const now = session();
  if (problems.length > 0) {
    session(now.stage === 'choosing' ? { ...now, problems } : { ...SIGNED_OUT, problems });
  } else {
    await begin(data?.selectTenant?.viewer);
  }
}

export async function signOut(): Promise<void> {
  await client.mutate({ mutation: SIGN_OUT, errorPolicy: 'all' });
  await begin(null);
}

whenSessionIsOver(() => {
  if (session().stage === 'signed in') {
    session({ ...SIGNED_OUT, notice: 'Your session is over. Sign in again to go on.' });
    // What was asked meanwhile is dropped with the cache.
    void client.clearStore();
  }
});
