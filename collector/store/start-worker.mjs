// A thread has no loader of TypeScript of its own: this gives it one, then begins with the module it is told.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.module);
