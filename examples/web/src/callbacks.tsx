// The callback board. The portal has no list of callbacks, so the board shows those one asks for or follows by number.
import { useMutation, useQuery } from '@apollo/client/react';
import { useId, useState, type FormEvent } from 'react';
import { CallbackRow } from './callback-row';
import { graphql } from './gql';
import type { CallbackBoardQuery } from './gql/graphql';
import { Problems, problemsOf } from './problems';

const CALLBACK_BOARD = graphql(`
  query CallbackBoard {
    callbackQueues {
      id
      name
      dialedNumber
    }
    callbackDispositions {
      id
      name
    }
  }
`);

const ASK_FOR_CALLBACK = graphql(`
  mutation AskForCallback($input: CreateCallbackInput!) {
    createCallback(input: $input) {
      callback {
        id
        databaseId
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export function Callbacks() {
  const { data, error, refetch } = useQuery(CALLBACK_BOARD, { errorPolicy: 'all' });
  const [followed, setFollowed] = useState<readonly number[]>([]);
  const follow = (number: number): void => setFollowed((before) => [...new Set([...before, number])]);
  const unfollow = (number: number): void => setFollowed((before) => before.filter((each) => each !== number));

  return (
    <>
      <h1>Callbacks</h1>
      <Problems problems={problemsOf(error)} onRetry={() => void refetch()} />
      <FollowForm onFollow={follow} />
      {data?.callbackQueues && <AskForm queues={data.callbackQueues} onAsked={follow} />}
      <table>
        <caption>Followed callbacks</caption>
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">Queue</th>
            <th scope="col">Phone</th>
            <th scope="col">When</th>
            <th scope="col">Status</th>
            <th scope="col">Outcome</th>
            <th scope="col">
              <span className="hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {followed.map((number) => (
            <CallbackRow
              key={number}
              databaseId={number}
              dispositions={data?.callbackDispositions ?? []}
              onUnfollow={() => unfollow(number)}
            />
          ))}
        </tbody>
      </table>
    </>
  );
}

function FollowForm({ onFollow }: { onFollow: (databaseId: number) => void }) {
  const id = useId();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    onFollow(Number(new FormData(event.currentTarget).get('number')));
    event.currentTarget.reset();
  }

  return (
    <form className="row" onSubmit={submit}>
      <label htmlFor={id}>Number</label>
      <input id={id} name="number" type="number" min="1" max="2147483647" required />
      <button>Follow</button>
    </form>
  );
}

type Queues = NonNullable<CallbackBoardQuery['callbackQueues']>;

function AskForm({ queues, onAsked }: { queues: Queues; onAsked: (databaseId: number) => void }) {
  const id = useId();
  const [ask, asking] = useMutation(ASK_FOR_CALLBACK, { errorPolicy: 'all' });
  const problems = problemsOf(asking.error, asking.data?.createCallback?.userErrors);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const input = { dialedNumber: String(fields.get('queue')), phoneNumber: String(fields.get('phone')) };
    void ask({ variables: { input } }).then(({ data }) => {
      const callback = data?.createCallback?.callback;
      if (callback) {
        onAsked(callback.databaseId);
      }
    });
  }

  return (
    <form className="row" onSubmit={submit}>
      <label htmlFor={`${id}-queue`}>Queue</label>
      <select id={`${id}-queue`} name="queue">
        {queues.map((queue) => (
          <option key={queue.id} value={queue.dialedNumber ?? ''}>
            {queue.name}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-phone`}>Phone</label>
      <input id={`${id}-phone`} name="phone" type="tel" required />
      <button disabled={asking.loading}>Ask for a callback</button>
      <Problems problems={problems} />
    </form>
  );
}
