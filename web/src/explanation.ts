// What the gateway tells of how it answered a request (`extensions.explain`), and its reads in the rows of a waterfall.

export type How = 'called' | 'beside' | 'shared' | 'kept' | 'stale';
export type Direction = 'forward' | 'inverse';

export interface Totals {
  calls: number;
  estimatedPortalCalls: number;
  shared: number;
  kept: number;
  stale: number;
  waves: number;
  milliseconds: number;
  bytes: number;
}

export interface Read {
  paths: readonly string[];
  operation: string;
  how: How;
  wave: number | null;
  startMilliseconds: number;
  milliseconds: number;
  bytes: number | null;
  records: number | null;
  retries: number;
  hedges: number;
  isFailed: boolean;
}

export interface Alternative {
  direction: Direction;
  operations: readonly string[];
  calls: number | null;
  milliseconds: number | null;
}

export interface Decision {
  setting: string;
  paths: readonly string[];
  keys: number;
  keysAskedAlone: number;
  direction: Direction;
  decidedBy: string;
  reason: string;
  alternatives: readonly Alternative[];
}

export interface Explanation {
  totals: Totals;
  isKeptWhole: boolean;
  reads: readonly Read[];
  readsLeftOut: number;
  decisions: readonly Decision[];
  decisionsLeftOut: number;
}

/** Reads of one operation for the same fields, answered alike, side by side. */
export interface Row {
  key: string;
  operation: string;
  paths: readonly string[];
  how: How;
  wave: number | null;
  count: number;
  start: number;
  end: number;
  bytes: number;
  records: number;
  repeats: number;
  failed: number;
}

/** What the bars are drawn against: the whole request, or its last read where that was told to end later. */
export const lengthOf = ({ totals, reads }: Explanation): number =>
  reads.reduce((end, read) => Math.max(end, read.startMilliseconds + read.milliseconds), totals.milliseconds) || 1;

/** The rows, in the order in which the first of each began. */
export function rowsOf(reads: readonly Read[]): Row[] {
  const rows = new Map<string, Row>();
  for (const read of reads) {
    const key = [read.operation, read.how, read.wave, ...read.paths].join(' ');
    const end = read.startMilliseconds + read.milliseconds;
    const row = rows.get(key) ?? {
      ...{ key, operation: read.operation, paths: read.paths, how: read.how, wave: read.wave },
      ...{ count: 0, start: read.startMilliseconds, end, bytes: 0, records: 0, repeats: 0, failed: 0 },
    };
    row.count += 1;
    row.start = Math.min(row.start, read.startMilliseconds);
    row.end = Math.max(row.end, end);
    row.bytes += read.bytes ?? 0;
    row.records += read.records ?? 0;
    row.repeats += read.retries + read.hedges;
    row.failed += read.isFailed ? 1 : 0;
    rows.set(key, row);
  }
  return [...rows.values()];
}

export function inTime(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

export function inSize(bytes: number): string {
  return bytes < 1_000 ? `${bytes} B` : bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
