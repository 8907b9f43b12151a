import { OTHER, type Application } from '../query/catalogue.ts';
import type { InsideFlows } from './inside-flows.ts';

const FIRST_DYNAMIC_PORT = 1_024;
/** Categories of what may be anything: the web, and what nothing is known of. */
const UNFAMILIAR: ReadonlySet<string> = new Set(['web', 'other']);

/** Whether the device inside offers a service that somebody outside uses: then what goes out is an answer. */
export const isServed = (flows: InsideFlows, row: number): boolean =>
  (flows.insidePort[row] as number) < FIRST_DYNAMIC_PORT && (flows.serverPort[row] as number) >= FIRST_DYNAMIC_PORT;

/** Whether a flow is for no service that is known to be harmless and to behave in its own way, as mail, meetings and backups are. */
export const isUnfamiliar = (flows: InsideFlows, row: number): boolean => UNFAMILIAR.has(applicationAt(flows, row).category);

/** What a flow is for. */
export const applicationAt = ({ application }: InsideFlows, row: number): Application => application[row] ?? OTHER;
