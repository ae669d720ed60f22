// The page: GraphiQL over this server's schema, the demo operations in its tabs, the sign-in bar above it.
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import { fetcher } from './fetcher.js';
import { SignIn } from './sign-in.jsx';
import { demoTabs } from './tabs.js';

const defaultTabs = await demoTabs();

createRoot(document.getElementById('playground')).render(
  <GraphiQL fetcher={fetcher} defaultTabs={defaultTabs} defaultEditorToolsVisibility="headers">
    <SignIn />
  </GraphiQL>,
);
