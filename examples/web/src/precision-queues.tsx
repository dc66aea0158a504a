// A precision queue and the agents it would choose, step by step, as they come and go.
import { useQuery } from '@apollo/client/react';
import { useId, useState } from 'react';
import { useEligibleAgents } from './eligible-agents';
import { graphql } from './gql';
import { Problems, problemsOf } from './problems';

const PRECISION_QUEUES = graphql(`
  query PrecisionQueues {
    precisionQueues(first: 500, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

export function PrecisionQueues() {
  const id = useId();
  const [chosen, setChosen] = useState<string>();
  const { data, error, loading, refetch } = useQuery(PRECISION_QUEUES, { errorPolicy: 'all' });
  const queues = data?.precisionQueues?.nodes ?? [];
  const queueId = chosen ?? queues[0]?.id;

  return (
    <>
      <h1>Precision queues</h1>
      <Problems problems={problemsOf(error)} onRetry={() => void refetch()} />
      <div className="row">
        <label htmlFor={id}>Queue</label>
        <select id={id} value={queueId ?? ''} onChange={(event) => setChosen(event.target.value)}>
          {queues.map((queue) => (
            <option key={queue.id} value={queue.id}>
              {queue.name}
            </option>
          ))}
        </select>
      </div>
      {queueId && <Eligible key={queueId} queueId={queueId} />}
      {loading && <p role="status">Reading the queues…</p>}
    </>
  );
}

function Eligible({ queueId }: { queueId: string }) {
  const { agents, problems, retry } = useEligibleAgents(queueId);
  return (
    <>
      <Problems problems={problems} onRetry={retry} />
      <p role="status">{agents ? `${agents.length} eligible agents` : 'Reading the agents…'}</p>
      {agents && (
        <table>
          <thead>
            <tr>
              <th scope="col">Agent</th>
              <th scope="col">Step</th>
              <th scope="col">Proficiency</th>
              <th scope="col">Only under a condition</th>
            </tr>
          </thead>
          <tbody>
            {agents.map(({ agent, stepNumber, proficiency, isConditional }) => (
              <tr key={agent.id}>
                <th scope="row">{agent.user.displayName}</th>
                <td>{stepNumber}</td>
                <td>{proficiency}</td>
                <td>{isConditional ? 'yes' : 'no'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
