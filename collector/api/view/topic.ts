/** A subject the page asks about, such as `overview`; docs/page.md has the common parameters. */
export interface Topic {
  /** Rejects with a `QueryMistake` of one sentence for parameters that make no sense. */
  view(parameters: ReadonlyMap<string, string>): Promise<object>;
  /** The same as long as no view of the topic can have changed; without it, each is made anew every time. */
  revision?(): number | string;
}

/** By name. */
export type Topics = ReadonlyMap<string, Topic>;
