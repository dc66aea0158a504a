// Who a precision queue would choose now, as the gateway tells it.
import { useSubscription } from '@apollo/client/react';
import { useState } from 'react';
import { graphql } from './gql';
import type { EligibleFragment } from './gql/graphql';
import { problemsOf, type Problem } from './problems';

const ELIGIBLE_AGENTS_CHANGE = graphql(`
  subscription EligibleAgentsChange($queueId: ID!) {
    precisionQueue(by: { id: $queueId }) {
      isSnapshot
      entered {
        ...Eligible
      }
      changed {
        ...Eligible
      }
      left
    }
  }

  fragment Eligible on EligibleAgent {
    stepNumber
    proficiency
    isConditional
    agent {
      id
      user {
        id
        displayName
      }
    }
  }
`);

export interface EligibleAgents {
  /** By step, then by name; undefined until they are known. */
  agents: readonly EligibleFragment[] | undefined;
  problems: readonly Problem[];
  retry: () => void;
}

const inOrder = (agents: readonly EligibleFragment[]): EligibleFragment[] =>
  agents.toSorted(
    (one, other) =>
      one.stepNumber - other.stepNumber || one.agent.user.displayName.localeCompare(other.agent.user.displayName),
  );

export function useEligibleAgents(queueId: string): EligibleAgents {
  const [agents, setAgents] = useState<readonly EligibleFragment[]>();
  const { error, restart } = useSubscription(ELIGIBLE_AGENTS_CHANGE, {
    variables: { queueId },
    errorPolicy: 'all',
    onData({ data: { data } }) {
      const change = data?.precisionQueue;
      if (!change) {
        return;
      }
      const { isSnapshot, entered, changed, left } = change;
      const gone = new Set([...left, ...changed.map(({ agent }) => agent.id)]);
      setAgents((before) => {
        // A connection that was lost begins anew with everybody.
        const kept = isSnapshot ? [] : (before ?? []).filter(({ agent }) => !gone.has(agent.id));
        return inOrder([...kept, ...changed, ...entered]);
      });
    },
  });
  return { agents, problems: problemsOf(error), retry: restart };
}
