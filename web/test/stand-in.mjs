// A stand-in for the gateway: serves web/dist under the gateway's content security policy, with a tiny graph.
//
// For work on the page without a portal: `npm run build && node test/stand-in.mjs`, then open the address it
// prints. The password is "open sesame"; the user "many" has a choice of tenants, any other user has none. ICWS
// takes any user with the same password.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSchema, graphql, GraphQLError } from 'graphql';

export const PASSWORD = 'open sesame';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
};

const schema = buildSchema(`
  "The answer to who is asking and what there is."
  type Query { "Who is signed in, or null." viewer: Viewer "The agents of the tenant." agents(first: Int): AgentConnection! icws: Icws }
  type Mutation {
    login(input: LoginInput!): LoginPayload!
    selectTenant(input: SelectTenantInput!): SelectTenantPayload!
    logout(input: LogoutInput): LogoutPayload!
  }
  type Viewer { loginName: String! tenant: Tenant expiresAt: String }
  type Tenant { databaseId: Int! name: String! }
  type AgentConnection { nodes: [Agent!]! }
  type Agent {
    user: User!
    skillGroups: [Named!]!
    attributes: [AgentAttribute!]!
    precisionQueues: [Named!]!
  }
  type User { displayName: String! department: Named }
  type Named { name: String! }
  type AgentAttribute { attribute: Named! value: String! }
  enum Upstream { PORTAL ICWS }
  type Icws { viewer: IcwsViewer roles(first: Int): IcwsRoleConnection }
  type IcwsViewer { userId: String! name: String serverName: String expiresAt: String! }
  type IcwsRoleConnection { nodes: [IcwsRole!]! }
  type IcwsRole { name: String members: [Named!]! }
  enum LoginStatus { SIGNED_IN TENANT_SELECTION_REQUIRED REFUSED }
  input LoginInput { upstream: Upstream! = PORTAL username: String! password: String! }
  input SelectTenantInput { tenantDatabaseId: Int! }
  input LogoutInput { upstream: Upstream }
  type LoginPayload { status: LoginStatus! viewer: Viewer icwsViewer: IcwsViewer tenants: [Tenant!]! userErrors: [PlainError!]! }
  type SelectTenantPayload { viewer: Viewer userErrors: [PlainError!]! }
  type LogoutPayload { isSignedOut: Boolean! }
  type PlainError { code: String! message: String! field: [String!] }
`);

const TENANTS = [
  { databaseId: 1, name: 'North' },
  { databaseId: 2, name: 'South' },
];

const AGENT = {
  user: { displayName: 'Ada Example', department: { name: 'Support' } },
  skillGroups: [{ name: 'Billing' }],
  attributes: [{ attribute: { name: 'French' }, value: '7' }],
  precisionQueues: [{ name: 'French billing' }],
};

const ROLES = { nodes: [{ name: 'Administrator', members: [{ name: 'Ada Example' }] }] };

/** A session holds a portal session (`loginName`, `tenant`), one of ICWS (`userId`), or both. */
function rootFor(sessions, request, response) {
  const sessionId = /(?:^|;\s*)session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
  const session = sessions.get(sessionId) ?? {};
  const begin = (change) => {
    const id = randomUUID();
    sessions.delete(sessionId);
    sessions.set(id, { ...session, ...change });
    response.setHeader('set-cookie', `session=${id}; HttpOnly; SameSite=Strict; Path=/`);
    return sessions.get(id);
  };
  const soon = () => new Date(Date.now() + 3_600_000).toISOString();
  const viewerOf = (held) => (held.tenant ? { ...held, expiresAt: soon() } : null);
  const icwsViewerOf = ({ userId }) =>
    userId ? { userId, name: 'Ada Example', serverName: 'STANDIN', expiresAt: soon() } : null;
  const unauthenticated = () =>
    new GraphQLError('Nobody is signed in.', { extensions: { code: 'UNAUTHENTICATED' } });

  return {
    viewer: () => viewerOf(session),
    agents() {
      if (!viewerOf(session)) {
        throw unauthenticated();
      }
      return { nodes: [AGENT] };
    },
    icws() {
      if (!session.userId) {
        throw unauthenticated();
      }
      return { viewer: icwsViewerOf(session), roles: ROLES };
    },
    login({ input }) {
      if (input.password !== PASSWORD) {
        const error = { code: 'INVALID_CREDENTIALS', message: 'The user name or the password is wrong.', field: null };
        return { status: 'REFUSED', viewer: null, tenants: [], userErrors: [error] };
      }
      const isIcws = input.upstream === 'ICWS';
      const isChoice = !isIcws && input.username === 'many';
      const portal = { loginName: input.username, tenant: isChoice ? null : TENANTS[0] };
      const held = begin(isIcws ? { userId: input.username } : portal);
      const status = isChoice ? 'TENANT_SELECTION_REQUIRED' : 'SIGNED_IN';
      const viewers = isChoice ? {} : { viewer: viewerOf(held), icwsViewer: icwsViewerOf(held) };
      return { status, ...viewers, tenants: isChoice ? TENANTS : [], userErrors: [] };
    },
    selectTenant({ input }) {
      if (!session.loginName) {
        throw unauthenticated();
      }
      session.tenant = TENANTS.find((tenant) => tenant.databaseId === input.tenantDatabaseId);
      return { viewer: viewerOf(session), userErrors: [] };
    },
    logout({ input }) {
      const upstream = input?.upstream;
      const isSignedOut = Boolean(upstream === 'ICWS' ? session.userId : session.loginName);
      const { loginName, tenant, userId } = session;
      const left = upstream === 'PORTAL' ? { userId } : upstream === 'ICWS' ? { loginName, tenant } : {};
      sessions.set(sessionId, left);
      return { isSignedOut };
    },
  };
}

async function answerGraphql(sessions, request, response) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const { query, variables, operationName } = JSON.parse(Buffer.concat(chunks).toString());
  const rootValue = rootFor(sessions, request, response);
  const result = await graphql({ schema, source: query, rootValue, variableValues: variables, operationName });
  response.setHeader('content-type', 'application/graphql-response+json');
  response.end(JSON.stringify(result));
}

async function answerFile(request, response) {
  const path = normalize(new URL(request.url, 'http://localhost').pathname);
  const file = path === '/' ? 'index.html' : path;
  const dist = fileURLToPath(new URL('../dist', import.meta.url));
  const body = await readFile(join(dist, file));
  response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
  response.end(body);
}

/** Starts the stand-in on a port of 127.0.0.1 (0: any free one). */
export async function startStandIn(port = 0) {
  const sessions = new Map();
  const server = createServer(async (request, response) => {
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    try {
      const isGraphql = request.url === '/graphql' && request.method === 'POST';
      await (isGraphql ? answerGraphql(sessions, request, response) : answerFile(request, response));
    } catch (error) {
      response.statusCode = error.code === 'ENOENT' ? 404 : 500;
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Ends every session, as a portal does that was idle too long. */
    endSessions: () => sessions.clear(),
    close: () => server.close(),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startStandIn(Number(process.env.PORT ?? 4000));
  console.log(`Listening on ${url}`);
}
