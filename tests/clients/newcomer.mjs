// Runs the commands of README.md from "Five minutes" on, in front of a gateway that is there, and prints the seconds of each.
import { commandsOf, runAll } from './page.mjs';

const { PORTALGRAPH_URL: gateway, PORTALGRAPH_PROGRAM: program } = process.env;
if (!gateway || !program) {
  throw new Error('Set PORTALGRAPH_URL and PORTALGRAPH_PROGRAM, as scripts/newcomer does.');
}
const commands = commandsOf('README.md').filter(({ text }) => text.includes('$GATEWAY'));
const ran = await runAll(commands, { gateway, program });
for (const [place, { seconds }] of ran.entries()) {
  const last = commands[place].text.split('\n').filter((line) => line.includes('curl ')).at(-1);
  console.log(`${seconds.toFixed(1).padStart(8)} s  ${last.trim().slice(0, 90)}`);
}
console.log(`${ran.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1).padStart(8)} s  for these together; reading comes on top`);
