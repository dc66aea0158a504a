// One callback of the board, as it stands now, and what can be done with it.
import { useMutation, useQuery, useSubscription } from '@apollo/client/react';
import { graphql } from './gql';
import { Problems, problemsOf } from './problems';

const CALLBACK = graphql(`
  query Callback($databaseId: Int!) {
    callback(databaseId: $databaseId) {
      ...Board
    }
  }

  fragment Board on Callback {
    id
    databaseId
    queueName
    phoneNumber
    scheduledAt
    createdAt
    statusCode
    disposition {
      id
      name
    }
  }
`);

const CALLBACK_CHANGE = graphql(`
  subscription CallbackChange($databaseId: Int!) {
    callback(databaseId: $databaseId) {
      ...Board
    }
  }
`);

const UPDATE_CALLBACK = graphql(`
  mutation UpdateCallback($input: UpdateCallbackInput!) {
    updateCallback(input: $input) {
      callback {
        ...Board
      }
      userErrors {
        code
        message
      }
    }
  }
`);

const CANCEL_CALLBACK = graphql(`
  mutation CancelCallback($input: CancelCallbackInput!) {
    cancelCallback(input: $input) {
      callback {
        ...Board
      }
      userErrors {
        code
        message
      }
    }
  }
`);

function useCallbackRecord(databaseId: number) {
  const variables = { databaseId };
  const asked = useQuery(CALLBACK, { variables, errorPolicy: 'all' });
  useSubscription(CALLBACK_CHANGE, {
    variables,
    // The record itself finds its way by its id; that there is none any more has no id.
    onData: ({ client, data: { data } }) => {
      if (data) {
        client.writeQuery({ query: CALLBACK, variables, data });
      }
    },
  });
  return asked;
}

interface Properties {
  databaseId: number;
  dispositions: readonly { id: string; name?: string | null }[];
  onUnfollow: () => void;
}

export function CallbackRow({ databaseId, dispositions, onUnfollow }: Properties) {
  const { data, error, loading, refetch } = useCallbackRecord(databaseId);
  const [update, updating] = useMutation(UPDATE_CALLBACK, { errorPolicy: 'all' });
  const [cancel, cancelling] = useMutation(CANCEL_CALLBACK, { errorPolicy: 'all' });
  const callback = data?.callback;
  const problems = [
    ...problemsOf(error),
    ...problemsOf(updating.error, updating.data?.updateCallback?.userErrors),
    ...problemsOf(cancelling.error, cancelling.data?.cancelCallback?.userErrors),
  ];
  const when = callback?.scheduledAt ?? callback?.createdAt;

  return (
    <tr aria-busy={loading}>
      <th scope="row">{databaseId}</th>
      <td>{callback ? callback.queueName : loading ? '' : 'There is no such callback.'}</td>
      <td>{callback?.phoneNumber}</td>
      <td>{when && <time dateTime={when}>{new Date(when).toLocaleString()}</time>}</td>
      <td>{callback?.statusCode}</td>
      <td>
        {callback && (
          <select
            aria-label={`Outcome of callback ${databaseId}`}
            value={callback.disposition?.id ?? ''}
            onChange={({ target }) => {
              void update({ variables: { input: { callbackId: callback.id, dispositionId: target.value } } });
            }}
          >
            {!callback.disposition && <option value="">none yet</option>}
            {dispositions.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
        <Problems problems={problems} onRetry={() => void refetch()} />
      </td>
      <td>
        {callback && (
          <button
            type="button"
            aria-label={`Cancel callback ${databaseId}`}
            onClick={() => void cancel({ variables: { input: { callbackId: callback.id } } }).then(() => refetch())}
          >
            Cancel
          </button>
        )}{' '}
        <button type="button" aria-label={`Unfollow callback ${databaseId}`} onClick={onUnfollow}>
          Unfollow
        </button>
      </td>
    </tr>
  );
}
