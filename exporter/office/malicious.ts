import type { ScriptedActivity } from './office.ts';

/** Kinds of activities an administrator wants to hear of; all others only go about their work. */
const MALICIOUS: ReadonlySet<ScriptedActivity['config']['do']> = new Set([
  'portScan',
  'hostScan',
  'bruteForce',
  'beacon',
  'dnsTunnel',
  'exfiltrate',
  'mine',
  // No harm to anybody, but what the policy forbids.
  'share',
  'inboundScan',
  'synFlood',
]);

/** Truth: whether a detector that keeps silent about the activity is wrong, or one that speaks of it. */
export const isMalicious = ({ config }: ScriptedActivity): boolean => MALICIOUS.has(config.do);
