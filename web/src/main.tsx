import './theme/reset.css';
import './theme/mantine-parts.css';
import './theme/tokens.css';
import './theme/base.css';
import './ui/mantine.css';
import './ui/page.css';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { warm } from './app/warm';
import { registerWorker } from './app/worker';
import { preferred, setLanguage } from './i18n';

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
if (nonce) setNonce(nonce); // styles of the scroll lock

warm(location);
await setLanguage(preferred());
const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <App nonce={nonce} />
    </StrictMode>,
  );
registerWorker();
