// The four operations of the graph that the sign-in panel uses, and the shape of their answers.

export interface Viewer {
  loginName: string;
  tenant: { name: string } | null;
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
}

export interface SignInData {
  login: {
    status: 'SIGNED_IN' | 'TENANT_SELECTION_REQUIRED' | 'REFUSED';
    viewer: Viewer | null;
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

export const WHO_AM_I = 'query WhoAmI { viewer { loginName tenant { name } expiresAt } }';

export const SIGN_IN = `mutation SignIn($input: LoginInput!) {
  login(input: $input) {
    status
    viewer { loginName tenant { name } expiresAt }
    tenants { databaseId name }
    userErrors { code message field }
  }
}`;

export const SELECT_TENANT = `mutation SelectTenant($input: SelectTenantInput!) {
  selectTenant(input: $input) {
    viewer { loginName tenant { name } expiresAt }
    userErrors { code message field }
  }
}`;

export const SIGN_OUT = 'mutation SignOut { logout { isSignedOut } }';
