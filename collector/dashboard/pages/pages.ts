import type { ComponentType } from 'preact';

/** One of the pages: what it is called, and which topics of the server it lives on. */
export interface Page {
  /** In the address: `#/overview`. */
  readonly name: string;
  readonly title: string;
  /** What it is for, for who has not been there. */
  readonly purpose: string;
  readonly topics: readonly string[];
  /** Loaded when it is first gone to; absent as long as there is none. */
  readonly load?: () => Promise<{ readonly default: ComponentType }>;
}

export const PAGES: readonly Page[] = [
  {
    name: 'overview',
    title: 'Overview',
    purpose: 'What happened in the office, in sentences, and who used how much of the line.',
    topics: ['overview', 'people'],
    load: () => import('./overview/overview-page.tsx'),
  },
  {
    name: 'person',
    title: 'Person',
    purpose: "One person's day: what for, where to, and beside the colleagues.",
    topics: ['person', 'people'],
    load: () => import('./person/person-page.tsx'),
  },
  {
    name: 'explore',
    title: 'Explore',
    purpose: 'Ask anything: filter, group, chart and export flows.',
    topics: ['explore', 'complete'],
    load: () => import('./explore/explore-page.tsx'),
  },
  {
    name: 'clocks',
    title: 'Clocks',
    purpose: 'How wrong the clocks are, and what that does to every answer.',
    topics: ['clocks', 'consequence'],
    load: () => import('./clocks/clocks-page.tsx'),
  },
  {
    name: 'nat',
    title: 'NAT',
    purpose: "A packet's way through the router, and who hides behind which public port.",
    topics: ['nat'],
    load: () => import('./nat/nat-page.tsx'),
  },
  {
    name: 'wire',
    title: 'Wire',
    purpose: 'The messages themselves, octet by octet and in words.',
    topics: ['wire'],
    load: () => import('./wire/wire-page.tsx'),
  },
  {
    name: 'pipeline',
    title: 'Pipeline',
    purpose: 'Where records went between the office and the store.',
    topics: ['pipeline'],
    load: () => import('./pipeline/pipeline-page.tsx'),
  },
  {
    name: 'report',
    title: 'Report',
    purpose: 'The run as one file to hand out.',
    topics: ['report'],
    load: () => import('./report/report-page.tsx'),
  },
];
