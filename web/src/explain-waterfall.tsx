// The reads of an explained query as a waterfall: one bar for those that were asked side by side.
import { counted, inSize, inTime, lengthOf, rowsOf, type Explanation, type How, type Row } from './explanation';

const WORDS: Record<How, string> = {
  called: 'called',
  beside: 'called, not waited for',
  shared: 'shared another’s call',
  kept: 'kept',
  stale: 'kept, too old',
};

export function ExplainWaterfall({ explanation }: { explanation: Explanation }) {
  const { reads, readsLeftOut } = explanation;
  if (reads.length === 0) {
    return <p className="explain-text">Nothing was read.</p>;
  }
  const length = lengthOf(explanation);
  return (
    <>
      <h3 className="explain-heading">Reads</h3>
      <ol className="explain-reads" aria-label="Reads">
        {rowsOf(reads).map((row) => (
          <ReadRow key={row.key} row={row} length={length} />
        ))}
      </ol>
      {readsLeftOut > 0 && <p className="explain-text">{counted(readsLeftOut, 'more read')} are in the sums only.</p>}
    </>
  );
}

function ReadRow({ row, length }: { row: Row; length: number }) {
  const percent = (time: number) => `${Math.min(100, (100 * time) / length)}%`;
  const kind = row.failed > 0 ? 'failed' : row.how;
  return (
    <li>
      <div className="explain-row">
        <span className="explain-operation">
          {row.operation}
          {row.count > 1 && ` × ${row.count}`}
        </span>
        <span className={`explain-how explain-${kind}`}>{WORDS[row.how]}</span>
      </div>
      <div className="explain-small">{row.paths.length > 0 ? row.paths.join(', ') : 'before any field'}</div>
      <div className="explain-track" aria-hidden="true">
        <div
          className={`explain-bar explain-${kind}`}
          style={{ marginInlineStart: percent(row.start), width: percent(row.end - row.start) }}
        />
      </div>
      <div className="explain-small">{details(row).join(', ')}</div>
    </li>
  );
}

function details({ wave, start, end, bytes, records, repeats, failed, how }: Row): string[] {
  return [
    `${inTime(end - start)} from ${inTime(start)}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(wave === null ? [] : [`wave ${wave}`]),
    ...(how === 'beside' ? [] : [counted(records, 'record'), inSize(bytes)]),
    ...(repeats > 0 ? [`put again ${repeats === 1 ? 'once' : `${repeats} times`}`] : []),
  ];
}
