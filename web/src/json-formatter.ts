// A formatter of JSON with comments, in the place of the JavaScript formatter that the editor would bring along.
import { applyEdits, format } from 'jsonc-parser';

// Prettier formats JSON with its whole parser and printer of JavaScript, half a megabyte for the one button that
// tidies the variables. The build puts this module in the place of both; it is a Prettier plugin like they are.
interface Tidied {
  text: string;
}

const AST_FORMAT = 'tidied-json';

export const parsers = {
  jsonc: {
    astFormat: AST_FORMAT,
    parse(text: string): Tidied {
      const edits = format(text, undefined, { insertSpaces: true, tabSize: 2, eol: '\n' });
      return { text: applyEdits(text, edits) };
    },
    locStart: () => 0,
    locEnd: (node: Tidied) => node.text.length,
  },
};

export const printers = {
  [AST_FORMAT]: { print: (path: { node: Tidied }) => path.node.text },
};
