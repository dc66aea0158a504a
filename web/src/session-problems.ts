// What a refused sign-in says, beside the field in which it can be mended.
import type { UserError } from './session-operations';

export interface Problem {
  field: 'username' | 'password' | 'tenant' | null;
  message: string;
}

export function problemsOf(userErrors: readonly UserError[], otherwise: string): Problem[] {
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
