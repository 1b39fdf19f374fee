import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/layout.css';
import './styles/tables.css';
import './styles/pages.css';
import { createRoot } from 'react-dom/client';
import { App, prepare } from './app/app.js';
import { placeAt } from './app/router.js';
import { applyTheme } from './app/theme.js';

applyTheme();
prepare(placeAt(location.href));
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
