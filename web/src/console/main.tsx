// Starts the console.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Console } from './console';
import './console.css';
import './chart.css';
import './table.css';

const root = document.getElementById('root');
if (!root) {
  throw new Error('The page has no element to start in.');
}
createRoot(root).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
