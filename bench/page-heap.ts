import { chromium, type CDPSession } from 'playwright-core';
import type { Topic } from '../collector/api/view/topic.ts';
import { apiSchema } from '../collector/api/config.ts';
import { ApiServer } from '../collector/io/api-server.ts';
import { readPage } from '../collector/io/page/page-files.ts';
import { runScenario } from '../lab/run-scenario.ts';
import { LookedAtRun } from '../lab/serve/looked-at-run.ts';

/**
 * Whether a tab that is left open grows: `node --import tsx bench/page-heap.ts [updates] [hash...]`. Every update changes every figure of the views, as fast as
 * the page draws; the heap after a forced collection, DOM nodes and listeners are told after a sixth of the updates and after all. An hour brings 14,400.
 */
const UPDATES = Number(process.argv[2] ?? 14_400);
const [hashes, marks] = [process.argv.slice(3), [UPDATES / 6, UPDATES / 2, UPDATES].map(Math.round)];
const PAGES = hashes.length > 0 ? hashes : ['#/overview', '#/person?id=John', '#/explore', '#/nat'];

const run = new LookedAtRun('max');
await runScenario({ scenario: 'quiet-day', duration: '30m', onlooker: run });
run.end();

let made = 0;
const moving = (topic: Topic): Topic => ({
  view: async (parameters) => moved(await topic.view(parameters), ++made) as object,
});
/** Every figure that is no instant and no id is another. */
function moved(value: unknown, by: number, name = ''): unknown {
  if (typeof value === 'number') return /Ms$|^(?:id|port|version)$/.test(name) ? value : value + by;
  if (Array.isArray(value)) return value.map((each) => moved(each, by, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, moved(each, by, key)]));
}
// Asked once: how fast the database is does not matter here.
const kept = new Map<string, Promise<object>>();
const once = (name: string, topic: Topic): Topic => ({
  view: (parameters) => {
    const key = `${name} ${JSON.stringify([...parameters])}`;
    const view = kept.get(key) ?? topic.view(parameters);
    kept.set(key, view);
    return view;
  },
});
const topics = new Map([...run.topics].map(([name, topic]) => [name, name === 'status' ? topic : moving(once(name, topic))]));
const server = await ApiServer.open(apiSchema.parse({ listen: '127.0.0.1:0', page: true, live: { intervalMs: 1 } }), {
  views: { topics },
  page: readPage(console.log),
  reasonsNotReady: () => [],
  answerQuery: undefined,
  onFault: (error) => console.error(error),
});

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const hash of PAGES) {
  const page = await browser.newPage();
  // Draws every update instead of every sixtieth of a second.
  await page.addInitScript('globalThis.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 0)');
  made = 0;
  await page.goto(`http://${server.endpoint}/${hash}`);
  const session = await page.context().newCDPSession(page);
  for (const mark of marks) {
    while (made < mark) await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(`${hash} after ${mark} updates: ${await grown(session)}`);
  }
  await page.close();
}
await browser.close();
await server.close();
await run.close();

async function grown(session: CDPSession): Promise<string> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
  return `${(usedSize / 1e6).toFixed(2)} MB of JavaScript, ${nodes} DOM nodes, ${jsEventListeners} listeners`;
}
