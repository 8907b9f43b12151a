/** What to group by: the word of the query language, what a reader calls it, and whether it is for engineers. */
export const GROUPINGS: readonly { readonly word: string; readonly title: string; readonly isTechnical?: true }[] = [
  { word: 'person', title: 'person' },
  { word: 'category', title: 'what for' },
  { word: 'app', title: 'activity' },
  { word: 'server', title: 'destination' },
  { word: 'device', title: 'device' },
  { word: 'server name', title: 'name in DNS', isTechnical: true },
  { word: 'port', title: 'port', isTechnical: true },
  { word: 'protocol', title: 'protocol', isTechnical: true },
  { word: 'address', title: 'inside address', isTechnical: true },
  { word: 'nat address', title: 'public address', isTechnical: true },
  { word: 'version', title: 'IP version', isTechnical: true },
  { word: 'exporter', title: 'exporter', isTechnical: true },
];

/** What a reader calls a dimension. */
export const titleOfDimension = (word: string): string => GROUPINGS.find((one) => one.word === word)?.title ?? word;
