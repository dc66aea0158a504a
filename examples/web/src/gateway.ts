// The one client of the gateway: its links, and what its cache must know of the schema.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { ErrorLink } from '@apollo/client/link/error';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { createClient } from 'graphql-ws';

let onSessionOver = (): void => {};

/** Says what to do when the gateway no longer knows the session. */
export function whenSessionIsOver(act: () => void): void {
  onSessionOver = act;
}

const isUnauthenticated = (error: unknown): boolean =>
  CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED');

const sessionLink = new ErrorLink(({ error }) => {
  if (isUnauthenticated(error)) {
    onSessionOver();
  }
});

// The session is an HttpOnly cookie of this origin: the browser sends it along, and no script can read it.
const httpLink = new HttpLink({ uri: '/graphql' });
const webSocketLink = new GraphQLWsLink(createClient({ url: `${location.origin.replace(/^http/, 'ws')}/graphql` }));

export const client = new ApolloClient({
  link: ApolloLink.from([
    sessionLink,
    ApolloLink.split(({ operationType }) => operationType === 'subscription', webSocketLink, httpLink),
  ]),
  // Everything with an `id` is one record in the cache, wherever it was read: ids are the same in the whole graph.
  cache: new InMemoryCache({
    typePolicies: {
      Query: { fields: { agents: relayStylePagination(['filter', 'search', 'orderBy']) } },
      Agent: { fields: { skillGroups: { merge: false } } },
    },
  }),
});
