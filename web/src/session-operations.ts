// The four operations of the graph that the sign-in panel uses, and the shape of their answers.

/** A system behind the gateway; a session of the gateway holds a session of one of them, or of both. */
export type Upstream = 'PORTAL' | 'ICWS';

export interface Viewer {
  loginName: string;
  tenant: { name: string } | null;
  expiresAt: string | null;
}

export interface IcwsViewer {
  userId: string;
  name: string | null;
  serverName: string | null;
  expiresAt: string | null;
}

export interface TenantChoice {
  databaseId: number;
  name: string;
}

export interface UserError {
  code: string;
  message: string;
  field?: string | readonly string[] | null;
}

export interface WhoAmIData {
  viewer: Viewer | null;
  icws: { viewer: IcwsViewer | null } | null;
}

export interface SignInData {
  login: {
    status: 'SIGNED_IN' | 'TENANT_SELECTION_REQUIRED' | 'REFUSED';
    viewer: Viewer | null;
    icwsViewer: IcwsViewer | null;
    tenants: TenantChoice[] | null;
    userErrors: UserError[];
  };
}

export interface SelectTenantData {
  selectTenant: { viewer: Viewer | null; userErrors: UserError[] };
}

export interface SignOutData {
  logout: { isSignedOut: boolean };
}

const PORTAL_VIEWER = 'viewer { loginName tenant { name } expiresAt }';
const ICWS_VIEWER = '{ userId name serverName expiresAt }';

export const WHO_AM_I = `query WhoAmI { ${PORTAL_VIEWER} icws { viewer ${ICWS_VIEWER} } }`;

export const SIGN_IN = `mutation SignIn($input: LoginInput!) {
  login(input: $input) {
    status
    ${PORTAL_VIEWER}
    icwsViewer ${ICWS_VIEWER}
    tenants { databaseId name }
    userErrors { code message field }
  }
}`;

export const SELECT_TENANT = `mutation SelectTenant($input: SelectTenantInput!) {
  selectTenant(input: $input) {
    ${PORTAL_VIEWER}
    userErrors { code message field }
  }
}`;

export const SIGN_OUT = 'mutation SignOut($upstream: Upstream!) { logout(input: { upstream: $upstream }) { isSignedOut } }';
