// Which gateway the browser tests use, and who signs in to it: one account of the portal and one of ICWS.
const VARIABLES = {
  url: 'PORTALGRAPH_URL',
  username: 'PORTALGRAPH_USERNAME',
  password: 'PORTALGRAPH_PASSWORD',
  icwsUsername: 'PORTALGRAPH_ICWS_USERNAME',
  icwsPassword: 'PORTALGRAPH_ICWS_PASSWORD',
};

export const account = Object.fromEntries(Object.entries(VARIABLES).map(([key, name]) => [key, process.env[name]]));
export const missing = Object.values(VARIABLES).filter((name) => !process.env[name]);
