// The charts of five minutes, and the same as a table.
import { Chart, type ChartProps } from './chart';
import { count, NONE, percent, rate, seconds, timeOfDay } from './format';
import {
  calls,
  failedCalls,
  faultyRequests,
  level,
  perSecond,
  questions,
  requests,
  share,
  total,
  withinSeconds,
  type Moment,
} from './history';

/** One row of the table for so many looks. */
const EVERY = 5;

type Drawn = Omit<ChartProps, 'until'>;

function drawn(history: readonly Moment[]): Drawn[] {
  return [
    {
      title: 'Requests a second',
      lines: [
        { name: 'All', points: perSecond(history, requests) },
        { name: 'Faulty', points: perSecond(history, faultyRequests) },
      ],
      format: rate,
      least: 1,
    },
    {
      title: 'Time to answer',
      lines: [
        { name: 'p95', points: withinSeconds(history, 0.95) },
        { name: 'p50', points: withinSeconds(history, 0.5) },
      ],
      format: seconds,
      least: 0.001,
    },
    {
      title: 'Requests worked on',
      lines: [
        { name: 'Under way', points: level(history, ({ requests }) => requests.underWay) },
        { name: 'Waiting', points: level(history, ({ requests }) => requests.waiting) },
      ],
      format: count,
      least: 5,
    },
    {
      title: 'Upstream calls a second',
      lines: [
        { name: 'All', points: perSecond(history, calls) },
        { name: 'Failed', points: perSecond(history, failedCalls) },
      ],
      format: rate,
      least: 1,
    },
    {
      title: 'Answered without a call',
      lines: [
        { name: 'Kept', points: share(history, ({ cache }) => total(cache.nouns, ({ kept }) => kept), questions) },
        { name: 'Shared', points: share(history, ({ cache }) => total(cache.nouns, ({ shared }) => shared), questions) },
      ],
      format: percent,
      least: 1,
      most: 1,
    },
    {
      title: 'Upstream calls under way',
      lines: [
        { name: 'Under way', points: level(history, ({ upstreams }) => total(upstreams, ({ underWay }) => underWay)) },
        { name: 'Waiting', points: level(history, ({ upstreams }) => total(upstreams, ({ waiting }) => waiting)) },
      ],
      format: count,
      least: 5,
    },
  ];
}

export function Charts({ history }: { history: readonly Moment[] }) {
  const charts = drawn(history);
  const until = history.at(-1)?.at ?? 0;
  return (
    <section aria-labelledby="charts">
      <h2 id="charts" className="hidden">
        The last 5 minutes
      </h2>
      <div className="charts">
        {charts.map((chart) => (
          <Chart key={chart.title} until={until} {...chart} />
        ))}
      </div>
      <details>
        <summary>The charts as a table</summary>
        <ChartTable history={history} charts={charts} />
      </details>
    </section>
  );
}

function ChartTable({ history, charts }: { history: readonly Moment[]; charts: readonly Drawn[] }) {
  const columns = charts.flatMap(({ title, lines, format }) => lines.map((line) => ({ title, line, format })));
  const places = history.map((_, place) => place).filter((place) => (history.length - 1 - place) % EVERY === 0);
  return (
    <div className="scroll panel" role="region" aria-label="The charts as a table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col" className="text">
              Time
            </th>
            {columns.map(({ title, line }) => (
              <th key={`${title} ${line.name}`} scope="col">
                {title}: {line.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.toReversed().map((place) => (
            <tr key={history[place]?.at}>
              <th scope="row" className="text">
                {timeOfDay(history[place]?.at ?? 0)}
              </th>
              {columns.map(({ title, line, format }) => {
                const value = line.points[place]?.value ?? null;
                return <td key={`${title} ${line.name}`}>{value === null ? NONE : format(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
