// The panels with tables: upstreams, what is kept, operations on both sides, polls and plans.
import { bytes, count, NONE, part, seconds, words } from './format';
import { faulty, percentile, sum } from './history';
import type { Call, Estimate, Kept, Noun, Operation, Plan, Poll, State, Upstream } from './state';
import { Share, TablePanel } from './table';

/** So many rows of the slowest are enough to know where to look. */
const SLOWEST = 12;

export interface PanelProps {
  state: State;
  /** Since when what is counted is counted, in words. */
  since: string;
}

const BREAKERS = { closed: 'sent', trying: 'one tries', open: 'none sent' };

export function UpstreamPanel({ state, since }: PanelProps) {
  const refused = (cause: string) => (row: Upstream) => count(row.refused[cause] ?? 0);
  return (
    <TablePanel
      title="Upstreams"
      note={`Room for calls now; calls not sent ${since}`}
      rows={state.upstreams}
      id={(row) => `${row.name} ${row.class}`}
      none="No upstream is set."
      columns={[
        { head: 'Server', isText: true, cell: (row) => `${row.name}, ${row.class}s` },
        {
          head: 'Calls',
          title: 'The breaker: sent (closed), one tries whether the server is well (half open), none sent (open)',
          isText: true,
          cell: (row) => <span className={`mark is-${row.breaker}`}>{BREAKERS[row.breaker]}</span>,
        },
        {
          head: 'Under way / limit',
          title: 'The limit falls while the server is slow or fails',
          cell: (row) => (
            <>
              <Share value={row.underWay} most={row.limit} isRoom /> {count(row.underWay)} / {count(row.limit)}
              {row.limit < row.most && <span className="mark is-trying"> of {count(row.most)}</span>}
            </>
          ),
        },
        { head: 'Waiting', cell: (row) => count(row.waiting) },
        { head: 'Full', title: 'Not sent: too many were waiting', cell: refused('full') },
        { head: 'Late', title: 'Not sent: no room in time', cell: refused('late') },
        { head: 'Open', title: 'Not sent: the server was not reached', cell: refused('open') },
        { head: 'Paused', title: 'Not sent: the server asked to be left alone', cell: refused('paused') },
      ]}
    />
  );
}

export function CachePanel({ state, since }: PanelProps) {
  const all = (row: Noun) => row.called + row.shared + row.kept;
  const { answers, wholeAnswers, stale } = state.cache;
  return (
    <TablePanel
      title="Cache"
      note={`How questions to the upstreams were answered ${since}`}
      rows={state.cache.nouns.filter((row) => all(row) > 0)}
      id={(row) => row.noun}
      none="Nothing was asked of the upstreams."
      columns={[
        { head: 'About', isText: true, cell: (row) => words(row.noun) },
        { head: 'Questions', cell: (row) => count(all(row)) },
        {
          head: 'Kept',
          title: 'Answered from what was kept',
          cell: (row) => (
            <>
              <Share value={row.kept} most={all(row)} /> {part(row.kept, all(row))}
            </>
          ),
        },
        { head: 'Shared', title: "Answered by another request's call", cell: (row) => part(row.shared, all(row)) },
        { head: 'Called', title: 'Answered by a call of their own', cell: (row) => part(row.called, all(row)) },
      ]}
    >
      <dl className="facts">
        <KeptFact name="Answers kept now" kept={answers} />
        <KeptFact name="Whole answers kept now" kept={wholeAnswers} />
        <div>
          <dt>Answered with what was too old</dt>
          <dd>{count(sum(stale))}</dd>
        </div>
      </dl>
    </TablePanel>
  );
}

function KeptFact({ name, kept }: { name: string; kept: Kept }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {count(kept.entries)}, {bytes(kept.bytes)} of {bytes(kept.mostBytes)}
      </dd>
    </div>
  );
}

export function OperationPanel({ state, since }: PanelProps) {
  const p95 = (row: Operation) => percentile(row.classes, state.classEnds, 0.95);
  const slowest = state.operations
    .filter((row) => sum(row.outcomes) > 0)
    .sort((one, other) => (p95(other)?.seconds ?? -1) - (p95(one)?.seconds ?? -1));
  return (
    <TablePanel
      title="Slowest operations"
      note={`Of clients, ${since}; ${slowest.length > SLOWEST ? `${SLOWEST} of ${slowest.length}` : 'all'}`}
      rows={slowest.slice(0, SLOWEST)}
      id={(row) => `${row.type} ${row.name}`}
      none="No operation was asked for."
      columns={[
        { head: 'Name', title: 'Of a trusted document; other is all the rest', isText: true, cell: (row) => row.name },
        { head: 'Type', isText: true, cell: (row) => row.type },
        { head: 'Requests', cell: (row) => count(sum(row.outcomes)) },
        {
          head: 'Faulty',
          title: 'Answered with errors, in part or as a whole',
          cell: (row) => <Faults value={faulty(row)} />,
        },
        { head: 'Refused', title: 'For what they are', cell: (row) => count(row.outcomes['refused'] ?? 0) },
        {
          head: 'Mean',
          title: 'Of those that were not refused',
          cell: (row) => {
            const worked = row.classes.at(-1) ?? 0;
            return worked > 0 ? seconds(row.seconds / worked) : NONE;
          },
        },
        {
          head: 'p95',
          title: 'Nineteen in twenty took no longer, about: times are counted in classes',
          cell: (row) => {
            const found = p95(row);
            return found ? `${found.isBeyond ? 'over ' : ''}${seconds(found.seconds)}` : NONE;
          },
        },
      ]}
    />
  );
}

function Faults({ value }: { value: number }) {
  return value > 0 ? <span className="mark is-open">{count(value)}</span> : count(value);
}

export function CallPanel({ state, since }: PanelProps) {
  const slowest = state.calls
    .filter((row) => sum(row.outcomes) > 0)
    .sort((one, other) => (other.recent?.p95Seconds ?? -1) - (one.recent?.p95Seconds ?? -1));
  const told = (pick: (recent: NonNullable<Call['recent']>) => string) => (row: Call) => (row.recent ? pick(row.recent) : NONE);
  return (
    <TablePanel
      title="Slowest calls"
      note={`Of the upstreams, ${since}; times of the last 128 answers; ${slowest.length > SLOWEST ? `${SLOWEST} of ${slowest.length}` : 'all'}`}
      rows={slowest.slice(0, SLOWEST)}
      id={(row) => row.operation}
      none="No call was made."
      columns={[
        { head: 'Operation', isText: true, cell: (row) => row.operation },
        { head: 'Calls', cell: (row) => count(sum(row.outcomes)) },
        { head: 'Failed', cell: (row) => <Faults value={row.outcomes['failed'] ?? 0} /> },
        { head: 'Refused', title: 'By the upstream', cell: (row) => count(row.outcomes['refused'] ?? 0) },
        { head: 'Again', title: 'Asked once more, or a second time beside the first', cell: (row) => count(row.retries + row.hedges) },
        { head: 'p50', title: 'Half of the last answers took no longer', cell: told((recent) => seconds(recent.medianSeconds)) },
        { head: 'p95', title: 'Nineteen in twenty took no longer', cell: told((recent) => seconds(recent.p95Seconds)) },
        { head: 'Answer', title: 'Its length on the average', cell: told((recent) => bytes(recent.bytes)) },
      ]}
    />
  );
}

export function PollPanel({ state, since }: PanelProps) {
  const outcome = (word: string) => (row: Poll) => count(row.outcomes[word] ?? 0);
  return (
    <TablePanel
      title="Pollers"
      note={`What is polled for ${count(state.live.subscriptions)} subscriptions now; outcomes ${since}`}
      rows={state.live.polls.filter((row) => row.pollers > 0 || sum(row.outcomes) > 0)}
      id={(row) => row.operation}
      none="Nothing is polled."
      columns={[
        { head: 'Operation', isText: true, cell: (row) => row.operation },
        { head: 'About', isText: true, cell: (row) => words(row.noun) },
        { head: 'Pollers', cell: (row) => count(row.pollers) },
        { head: 'Every', title: 'On the average', cell: (row) => (row.restSeconds === null ? NONE : seconds(row.restSeconds)) },
        { head: 'Changed', cell: outcome('changed') },
        { head: 'Same', cell: outcome('same') },
        { head: 'Failed', cell: (row) => <Faults value={row.outcomes['failed'] ?? 0} /> },
      ]}
    />
  );
}

/** The ways an edge can go, and what each asks; where all is kept nothing is asked. */
const waysOf = (plan: Plan) => [
  { plan, way: 'forward', estimates: plan.forward },
  { plan, way: 'inverse', estimates: plan.inverse },
  { plan, way: 'kept', estimates: [] },
];

export function PlanPanel({ state, since }: PanelProps) {
  return (
    <TablePanel
      title="Plans"
      note={`Which way edges were asked ${since}; what one call is taken to cost now`}
      rows={state.plans.flatMap(waysOf)}
      id={({ plan, way }) => `${plan.edge} ${way}`}
      none="There is no edge that can be asked both ways."
      columns={[
        { head: 'Edge', isText: true, cell: ({ plan, way }) => `${words(plan.edge)}, ${way}` },
        { head: 'Setting', isText: true, cell: ({ plan }) => plan.setting },
        { head: 'Plans', cell: ({ plan, way }) => count(plan.ways[way] ?? 0) },
        { head: 'A call', isText: true, cell: ({ estimates }) => estimates.map(inWords).join('; ') || NONE },
      ]}
    />
  );
}

const inWords = ({ operation, seconds: time, bytes: length, isSeen }: Estimate) =>
  `${operation} ${seconds(time)}, ${bytes(length)}${isSeen ? '' : ' (not seen yet)'}`;

/** Why requests came to no operation, in a row of its own because most gateways have none. */
export function TurnedAwayPanel({ state, since }: PanelProps) {
  const rows = Object.entries({ ...state.requests.turnedAway, OVERLOADED: state.requests.shed });
  return (
    <TablePanel
      title="Turned away"
      note={`Requests that came to no operation ${since}, by the code of their error`}
      rows={rows.filter(([, value]) => value > 0)}
      id={([code]) => code}
      none="None."
      columns={[
        { head: 'Code', isText: true, cell: ([code]) => code },
        { head: 'Requests', cell: ([, value]) => count(value) },
      ]}
    />
  );
}
