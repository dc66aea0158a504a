// What the page keeps in the browser between visits: open tabs, history, theme, where one signs in; never a password.

// GraphiQL saves the text of operations and variables. One that mentions a password or a token may hold it,
// so such a text is not written at all: the price is that those tabs are not there after a reload.
const SECRET = /passw|token|authorization/i;

export const browserStorage = {
  getItem: (key: string): string | null => localStorage.getItem(key),
  setItem(key: string, value: string): void {
    if (SECRET.test(value)) {
      return;
    }
    localStorage.setItem(key, value);
  },
  removeItem: (key: string): void => localStorage.removeItem(key),
  clear: (): void => localStorage.clear(),
  get length(): number {
    return localStorage.length;
  },
};

const UPSTREAM = 'portalgraph:upstream';

/** Where somebody signed in last with this browser: most people always do at the same place. */
export const lastUpstream = (): string | null => localStorage.getItem(UPSTREAM);
export const rememberUpstream = (upstream: string): void => localStorage.setItem(UPSTREAM, upstream);
