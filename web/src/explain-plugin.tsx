// How the last query was answered, as a plugin of the editor.
import type { GraphiQLPlugin } from '@graphiql/react';
import { ExplainPanel } from './explain-panel';

function WaterfallIcon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
      <path d="M2.5 4h7M6 8.2h5M9 12.2h6.5M13 16.2h4.5" />
    </svg>
  );
}

export const EXPLAIN_PLUGIN: GraphiQLPlugin = { title: 'Explain', icon: WaterfallIcon, content: ExplainPanel };
