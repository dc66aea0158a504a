// Numbers as people read them from across a room: few digits, and always a unit where there is one.

/** What stands where there is nothing to tell. */
export const NONE = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Three digits that count. */
function short(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return new Intl.NumberFormat('en', { maximumFractionDigits: digits }).format(value);
}

export const count = (value: number) => whole.format(value);

export const rate = (value: number) => `${short(value)}/s`;

export const percent = (value: number) => `${(100 * value).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;

export function seconds(value: number): string {
  return value < 0.001 ? `${short(1e6 * value)} µs` : value < 1 ? `${short(1_000 * value)} ms` : `${short(value)} s`;
}

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const step = value > 0 ? Math.min(units.length - 1, Math.floor(Math.log2(value) / 10)) : 0;
  return `${short(value / 1024 ** step)} ${units[step]}`;
}

/** How long something has been there. */
export function lasted(value: number): string {
  const [days, hours, minutes] = [value / 86_400, (value / 3_600) % 24, (value / 60) % 60].map(Math.floor) as [number, number, number];
  return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min` : minutes > 0 ? `${minutes} min` : `${Math.floor(value)} s`;
}

export const timeOfDay = (at: number) => clock.format(at);

/** A part of a whole; nothing of nothing. */
export const part = (value: number, all: number) => (all > 0 ? percent(value / all) : NONE);

/** Words of the program as people read them: `skill_group` is "skill group". */
export const words = (name: string) => name.replaceAll('_', ' ');
