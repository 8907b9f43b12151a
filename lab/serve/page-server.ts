import { apiSchema } from '../../collector/api/config.ts';
import { ApiServer } from '../../collector/io/api-server.ts';
import { readPage } from '../../collector/io/page/page-files.ts';
import type { ViewSubject } from '../../collector/io/page/views.ts';
import { UsageError } from '../commands/failure.ts';

/** The page of a run, for this machine alone. `close` ends it at once. */
export interface PageServer {
  /** `http://127.0.0.1:40123/` */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves the page on loopback; port 0 is one that is free. Rejects with a UsageError when the port cannot be had. */
export async function servePage(views: ViewSubject, port: number): Promise<PageServer> {
  const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  const page = readPage(say);
  const config = apiSchema.parse({ listen: `127.0.0.1:${port}`, page: true });
  try {
    const server = await ApiServer.open(config, {
      reasonsNotReady: () => [],
      answerQuery: undefined,
      views,
      page,
      onFault: (error) => say(`the page's server made a mistake: ${error.message}`),
    });
    return { address: `http://${server.endpoint}/`, close: () => server.close() };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
