// Starts the page: the editor, with the sign-in panel open beside it.
import './workers';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
// The parts of the editor's style sheet without its embedded fonts: those of the system serve as well.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './page.css';
import './explain.css';
import { browserStorage } from './browser-storage';
import { DEFAULT_QUERY } from './default-query';
import { EXPLAIN_PLUGIN } from './explain-plugin';
import { createFetcher } from './fetcher';
import { openSessionPanel, SESSION_PLUGIN, SessionStatus } from './session-plugin';
import { refreshSession } from './session-store';

// Made once: a new list or function would make the editor start over.
const plugins = [HISTORY_PLUGIN, EXPLAIN_PLUGIN, SESSION_PLUGIN];
const fetcher = createFetcher({ onSessionNeeded: openSessionPanel });

const root = document.getElementById('root');
if (!root) {
  throw new Error('The page has no element to start in.');
}
void refreshSession();
createRoot(root).render(
  <StrictMode>
    <GraphiQL
      fetcher={fetcher}
      storage={browserStorage}
      plugins={plugins}
      visiblePlugin={SESSION_PLUGIN}
      defaultQuery={DEFAULT_QUERY}
      schemaDescription
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <SessionStatus />
      </GraphiQL.Logo>
    </GraphiQL>
  </StrictMode>,
);
