import type { Browser, Page } from 'playwright-core';
import type { LookedAtRun } from '../../lab/serve/looked-at-run.ts';
import { servePage, type PageServer } from '../../lab/serve/page-server.ts';
import { launchChromium } from './browser.ts';

/** How a page is opened. */
export interface PageOptions {
  readonly colorScheme?: 'light' | 'dark' | undefined;
  readonly width?: number | undefined;
}

/** A run that is over, served to a browser. */
export class BrowsedRun {
  readonly #run: LookedAtRun;
  readonly #server: PageServer;
  readonly #browser: Browser;

  private constructor(run: LookedAtRun, server: PageServer, browser: Browser) {
    this.#run = run;
    this.#server = server;
    this.#browser = browser;
  }

  static async open(run: LookedAtRun): Promise<BrowsedRun> {
    return new BrowsedRun(run, await servePage(run, 0), await launchChromium());
  }

  get address(): string {
    return this.#server.address;
  }

  /** A page that nothing moves on, not yet anywhere. */
  page({ colorScheme = 'light', width = 1280 }: PageOptions = {}): Promise<Page> {
    return this.#browser.newPage({ colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
    await this.#run.close();
  }
}
