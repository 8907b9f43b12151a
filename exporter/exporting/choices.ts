export const PROTOCOLS = ['ipfix', 'netflow-v9', 'netflow-v5'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** The options records that can be asked for. */
export const OPTION_SWITCHES = [
  'sampler',
  'interfaces',
  'statistics',
  'meteringReliability',
  'reliability',
  'flowKeys',
  'systemInitTime',
  'timeouts',
] as const;
export type OptionSwitch = (typeof OPTION_SWITCHES)[number];
