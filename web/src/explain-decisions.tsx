// The choices between two ways of an edge: which was taken, why, and what either would have cost.
import { counted, inTime, type Alternative, type Decision, type Explanation } from './explanation';

export function ExplainDecisions({ explanation: { decisions, decisionsLeftOut } }: { explanation: Explanation }) {
  if (decisions.length === 0) {
    return null;
  }
  return (
    <>
      <h3 className="explain-heading">Choices</h3>
      <ul className="explain-decisions">
        {decisions.map((decision, place) => (
          <Choice key={place} decision={decision} />
        ))}
      </ul>
      {decisionsLeftOut > 0 && <p className="explain-text">{counted(decisionsLeftOut, 'more choice')} left out.</p>}
    </>
  );
}

function Choice({ decision }: { decision: Decision }) {
  const { direction, keys, keysAskedAlone, paths, reason, setting, alternatives, decidedBy } = decision;
  return (
    <li>
      <p className="explain-choice">
        <strong>{direction}</strong> for {counted(keys, 'record')} of {paths.join(', ') || 'no field'}
        {keysAskedAlone > 0 && `, ${keysAskedAlone} of them one by one after all`}
      </p>
      <p className="explain-small">
        {reason} Decided by: {decidedBy}. Setting: {setting}.
      </p>
      <ul className="explain-alternatives">
        {alternatives.map((alternative) => (
          <li key={alternative.direction} className="explain-small">
            {alternative.direction}: {costOf(alternative)}, {alternative.operations.join(', then ')}
          </li>
        ))}
      </ul>
    </li>
  );
}

function costOf({ calls, milliseconds }: Alternative): string {
  return calls === null || milliseconds === null ? 'cost not known' : `${counted(calls, 'call')}, about ${inTime(milliseconds)}`;
}
