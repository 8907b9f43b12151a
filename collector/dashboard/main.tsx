import { render } from 'preact';
import { connection } from './live/connection.ts';
import { App } from './shell/app.tsx';
import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/parts.css';

const root = document.getElementById('page');
if (root !== null) render(<App />, root);
void connection.open();
