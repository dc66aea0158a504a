// The panel that asks for explanations, and shows the last one: what it came to, each read in its time, each choice.
import { useExplained, setExplaining } from './explain-store';
import { ExplainDecisions } from './explain-decisions';
import { ExplainWaterfall } from './explain-waterfall';
import { counted, inSize, inTime, type Explanation, type Totals } from './explanation';

const TOTALS: readonly [string, (totals: Totals) => string][] = [
  ['Calls', ({ calls, estimatedPortalCalls }) => `${calls} (${estimatedPortalCalls} estimated)`],
  ['Waves', ({ waves }) => String(waves)],
  ['Time', ({ milliseconds }) => inTime(milliseconds)],
  ['Read', ({ bytes }) => inSize(bytes)],
  ['Kept', ({ kept, stale }) => (stale > 0 ? `${kept}, and ${stale} too old` : String(kept))],
  ['Shared', ({ shared }) => String(shared)],
];

export function ExplainPanel() {
  const { isOn, last, problem } = useExplained();
  return (
    <section className="explain-panel" aria-label="Explain">
      <h2 className="explain-title">Explain</h2>
      <label className="explain-switch">
        <input type="checkbox" role="switch" checked={isOn} onChange={(event) => setExplaining(event.target.checked)} />
        Explain the queries I run
      </label>
      <p className={problem ? 'explain-status explain-problem' : 'explain-status'} role="status">
        {problem ?? summary(isOn, last)}
      </p>
      <dl className="explain-totals">
        {TOTALS.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{last ? value(last.totals) : '–'}</dd>
          </div>
        ))}
      </dl>
      {last && <ExplainWaterfall explanation={last} />}
      {last && <ExplainDecisions explanation={last} />}
    </section>
  );
}

function summary(isOn: boolean, last: Explanation | null): string {
  if (!last) {
    return isOn ? 'Run a query to see how it is answered.' : 'Switch it on, then run a query.';
  }
  const { calls, waves, milliseconds } = last.totals;
  const told = `${counted(calls, 'call')} in ${counted(waves, 'wave')}, ${inTime(milliseconds)}.`;
  return last.isKeptWhole ? `${told} Without being explained, it would have come whole from what is kept.` : told;
}
