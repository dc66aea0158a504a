// The agents of the tenant: a table that is searched by the portal and read page by page.
import { useQuery } from '@apollo/client/react';
import { useEffect, useId, useState } from 'react';
import { graphql } from './gql';
import { Problems, problemsOf } from './problems';

const PAGE = 10;

// What costs a call of the portal is nullable: if it fails, the rest of the table stands.
const AGENTS = graphql(`
  query Agents($first: Int!, $after: String, $search: UserSearch) {
    agents(first: $first, after: $after, search: $search, orderBy: { field: LAST_NAME }) {
      totalCount
      edges {
        node {
          id
          agentNumber
          user {
            id
            displayName
          }
          team {
            id
            name
          }
          skillGroups {
            id
            name
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

/** The value once it has rested a moment, so that not every key that is pressed is a question. */
function useRested<Value>(value: Value): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), 250);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

export function Agents() {
  const id = useId();
  const [text, setText] = useState('');
  const term = useRested(text.trim());
  const { data, previousData, error, loading, fetchMore, refetch } = useQuery(AGENTS, {
    variables: { first: PAGE, search: term ? { term } : null },
    errorPolicy: 'all',
    notifyOnNetworkStatusChange: true,
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  });
  // The table of the last search stays until the next one is there.
  const agents = (data ?? (loading ? previousData : undefined))?.agents;
  const after = agents?.pageInfo.endCursor;

  return (
    <>
      <h1>Agents</h1>
      <div role="search" className="row">
        <label htmlFor={id}>Search</label>
        <input id={id} type="search" value={text} onChange={(event) => setText(event.target.value)} />
      </div>
      <Problems problems={problemsOf(error)} onRetry={() => void refetch()} />
      {agents && (
        <>
          <table aria-busy={loading}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Number</th>
                <th scope="col">Team</th>
                <th scope="col">Skill groups</th>
              </tr>
            </thead>
            <tbody>
              {agents.edges.map(({ node }) => (
                <tr key={node.id}>
                  <th scope="row">
                    <a href={`#/agents/${encodeURIComponent(node.id)}`}>{node.user.displayName}</a>
                  </th>
                  <td>{node.agentNumber}</td>
                  <td>{node.team?.name}</td>
                  <td>{node.skillGroups ? node.skillGroups.map(({ name }) => name).join(', ') : 'not known'}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="row">
            <span role="status">
              {agents.edges.length} of {agents.totalCount}
            </span>
            {agents.pageInfo.hasNextPage && (
              <button type="button" disabled={loading} onClick={() => void fetchMore({ variables: { after } })}>
                Show more
              </button>
            )}
          </p>
        </>
      )}
      {!agents && loading && <p role="status">Reading the agents…</p>}
    </>
  );
}
