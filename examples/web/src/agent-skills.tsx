// The skill groups of one agent. A tick is shown at once, stays if the portal agrees, and goes if it does not.
import { useMutation, useQuery } from '@apollo/client/react';
import { graphql } from './gql';
import { Problems, problemsOf } from './problems';

const AGENT_SKILLS = graphql(`
  query AgentSkills($agentId: ID!) {
    agent(by: { id: $agentId }) {
      id
      user {
        id
        displayName
      }
      platformName
      skillGroups {
        id
        name
      }
    }
    skillGroups(first: 500, orderBy: { field: NAME }) {
      nodes {
        id
        name
        platformName
      }
    }
  }
`);

const UPDATE_SKILLS = graphql(`
  mutation UpdateSkills($input: UpdateAgentSkillGroupsInput!) {
    updateAgentSkillGroups(input: $input) {
      agent {
        id
        skillGroups {
          id
          name
        }
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export function AgentSkills({ agentId }: { agentId: string }) {
  const { data, error, loading, refetch } = useQuery(AGENT_SKILLS, { variables: { agentId }, errorPolicy: 'all' });
  const [update, saving] = useMutation(UPDATE_SKILLS, { errorPolicy: 'all' });
  const agent = data?.agent;
  const held = agent?.skillGroups;
  const all = data?.skillGroups?.nodes;

  function toggle(group: { id: string; name: string | null }, isHeld: boolean): void {
    if (!agent || !held) {
      return;
    }
    const { id, name } = group;
    const skillGroups = isHeld
      ? held.filter((each) => each.id !== id)
      : [...held, { __typename: 'SkillGroup' as const, id, name }];
    const change = isHeld ? { removeSkillGroupIds: [id] } : { addSkillGroupIds: [id] };
    void update({
      variables: { input: { agentId: agent.id, ...change } },
      // Laid over the cache until the answer is there. An answer with userErrors has no agent, so it changes nothing
      // below, and what was shown before is shown again.
      optimisticResponse: {
        updateAgentSkillGroups: {
          __typename: 'UpdateAgentSkillGroupsPayload',
          agent: { __typename: 'Agent', id: agent.id, skillGroups },
          userErrors: [],
        },
      },
    });
  }

  const saved = saving.data?.updateAgentSkillGroups;
  const problems = [...problemsOf(error), ...problemsOf(saving.error, saved?.userErrors)];
  return (
    <>
      <p>
        <a href="#/agents">All agents</a>
      </p>
      <h1>{agent?.user.displayName ?? (loading ? 'One moment…' : 'There is no such agent')}</h1>
      <Problems problems={problems} onRetry={() => void refetch()} />
      {agent && held && all && (
        <fieldset>
          <legend>Skill groups of {agent.platformName}</legend>
          {all.map((group) => {
            const isHeld = held.some(({ id }) => id === group.id);
            return (
              <label key={group.id}>
                <input
                  type="checkbox"
                  checked={isHeld}
                  onChange={() => toggle({ id: group.id, name: group.name ?? null }, isHeld)}
                />
                {group.name}
                {group.platformName !== agent.platformName && <small>{group.platformName}</small>}
              </label>
            );
          })}
        </fieldset>
      )}
      <p role="status">{saving.loading ? 'Saving…' : saved?.agent ? 'Saved.' : ''}</p>
    </>
  );
}
