// Builds the web page into collector/dashboard/dist. `npm ci` calls it with --if-possible: without Vite, as in an image, there is nothing to do.
import { fileURLToPath } from 'node:url';

let vite;
try {
  vite = await import('vite');
} catch {
  if (!process.argv.includes('--if-possible')) {
    process.stderr.write('Vite is not installed: npm ci installs what the page is built with\n');
    process.exitCode = 1;
  }
}
await vite?.build({ configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)), logLevel: 'warn' });
