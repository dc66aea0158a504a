// A small chart of five minutes: up to two lines, what they are now in numbers, and the same in words for who cannot see it.
import { useId } from 'react';
import { NONE } from './format';
import { WINDOW_MILLISECONDS, type Point } from './history';

export interface Line {
  name: string;
  points: Point[];
}

export interface ChartProps {
  title: string;
  lines: [Line] | [Line, Line];
  /** Where the time axis ends. */
  until: number;
  format: (value: number) => string;
  /** What the value axis reaches at least. */
  least: number;
  /** What it never exceeds. */
  most?: number;
}

const WIDTH = 300;
const HEIGHT = 56;

/** The next of 1, 2, 5, 10, … that is not less. */
export function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

const seen = (points: readonly Point[]) => points.map(({ value }) => value).filter((value) => value !== null);

export const latest = ({ points }: Line) => points.at(-1)?.value ?? null;

export function Chart({ title, lines, until, format, least, most }: ChartProps) {
  const id = useId();
  const highest = Math.max(least, ...lines.flatMap(({ points }) => seen(points)));
  const top = Math.min(ceiling(highest), most ?? Infinity);
  const shown = (value: number | null) => (value === null ? NONE : format(value));
  const inWords = lines.map((line) => {
    const values = seen(line.points);
    return values.length === 0
      ? `${line.name}: nothing yet`
      : `${line.name}: now ${shown(latest(line))}, lowest ${format(Math.min(...values))}, highest ${format(Math.max(...values))}`;
  });
  return (
    <figure className="panel chart" role="group" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <ul className="legend">
        {lines.map((line, place) => (
          <li key={line.name}>
            <svg className={`key line-${place}`} viewBox="0 0 16 4" aria-hidden="true">
              <path d="M0 2H16" />
            </svg>
            <span>{line.name}</span> <strong>{shown(latest(line))}</strong>
          </li>
        ))}
      </ul>
      <div className="plot">
        <span className="top" aria-hidden="true">
          {format(top)}
        </span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}, last 5 minutes. ${inWords.join('. ')}.`}
        >
          <path className="grid" d={`M0 0.5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`} />
          {lines.map((line, place) => (
            <path key={line.name} className={`line line-${place}`} d={path(line.points, until, top)} />
          ))}
        </svg>
      </div>
      <p className="axis" aria-hidden="true">
        <span>5 min ago</span>
        <span>now</span>
      </p>
    </figure>
  );
}

/** The line, broken where nothing was seen; a single point is drawn as a dot. */
function path(points: readonly Point[], until: number, top: number): string {
  let isDrawing = false;
  return points
    .map(({ at, value }) => {
      if (value === null) {
        isDrawing = false;
        return '';
      }
      const x = WIDTH * (1 - (until - at) / WINDOW_MILLISECONDS);
      const y = HEIGHT - 1 - (HEIGHT - 2) * Math.min(value / top, 1);
      const step = `${isDrawing ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
      const dot = isDrawing ? '' : 'h0.01';
      isDrawing = true;
      return step + dot;
    })
    .join('');
}
