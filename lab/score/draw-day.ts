import { Random } from '../../core/random/random.ts';
import type { ScenarioInput } from '../scenario/schema.ts';
import { drawUpdate, drawVisits, LOOKALIKES } from './draw-lookalike.ts';
import {
  drawExhaustingScan,
  drawPortScan,
  drawSmallPool,
  INSIDE_MISBEHAVIOURS,
  OUTSIDE_MISBEHAVIOURS,
  type ActivityInput,
  type Draw,
  type OutsideInput,
} from './draw-misbehaviour.ts';
import type { Span } from './draw.ts';

/** How often a day has each kind of misbehaviour, and each kind of what only looks like one. */
const PRESENT_PART = 0.6;
/** How often somebody scans ports, and how often so many that the router runs out of them. */
const SCANNING_PART = 0.75;
const EXHAUSTING_PART = 0.6;

const FIRST_PUBLIC_PORT = 1_024;
/** Days begin before people come and may last through the night. */
const START_MIN = 6 * 60;
const HOURS = [12, 24] as const;
const EMPLOYEES = [20, 40] as const;
const MONDAYS = Date.UTC(2026, 2, 2);
const WORK_DAYS = 5;
const WEEKS = 40;
const DAY_MS = 86_400_000;

/** Who may be told to do something, besides colleagues who only work. */
const PEOPLE = ['John', 'Sarah', 'Alex', 'Emma', 'David', 'Maria', 'Peter', 'Laura'];
const HABITS = ['worker', 'developer', 'support', 'sales', 'manager'] as const;
const DEVICES = [
  { name: 'file server', ip: '10.0.8.31', kind: 'server' },
  { name: 'rendering computer', ip: '10.0.8.32', kind: 'computer' },
  { name: 'reception screen', ip: '10.0.8.20', kind: 'display' },
  { name: 'monitoring server', ip: '10.0.8.30', kind: 'server' },
];
const BYSTANDERS = [
  { name: 'web server', ip: '10.0.8.40', kind: 'server' },
  { name: 'door camera', ip: '10.0.8.50', kind: 'camera' },
  { name: 'printer', ip: '10.0.8.51', kind: 'printer' },
];
const WEB_SERVER = { address: '10.0.8.40', port: 443 };
const UNLISTED = 'unlisted computer';

/** What each of them is told to do. */
class Script {
  readonly #activities = new Map<string, ActivityInput[]>();
  readonly outside: OutsideInput[] = [];

  tell(name: string, activity: ActivityInput): void {
    this.#activities.set(name, [...this.of(name), activity]);
  }

  of(name: string): ActivityInput[] {
    return this.#activities.get(name) ?? [];
  }
}

/**
 * A day by which detectors are scored: who is there, how long it lasts, what some of them do wrong and what others do that only
 * looks like it, all drawn by the seed within a range for each, around published figures where there are some. A quiet day has
 * nothing wrong in it. The same seed gives the same day; each kind has chance of its own, so days with and without one are else alike.
 */
export function drawDay(seed: number, { isQuiet = false } = {}): ScenarioInput {
  const random = new Random(seed).fork(isQuiet ? 'quiet day' : 'day');
  const shape = random.fork('shape');
  const day: Span = { startMin: START_MIN, lengthMin: 60 * shape.int(...HOURS) };
  const employees = shape.int(...EMPLOYEES);
  const date = MONDAYS + (7 * shape.int(0, WEEKS - 1) + shape.int(0, WORK_DAYS - 1)) * DAY_MS;
  const clock = (name: string): { offsetMs: number; driftPpm: number } => {
    const chance = random.fork(`clock:${name}`);
    return { offsetMs: chance.int(-3_000, 3_000), driftPpm: chance.int(-20, 20) };
  };
  const script = new Script();
  const update = addLookalikes(script, random, day);
  const isUnlistedThere = !isQuiet && isPresent(random, UNLISTED);
  const lastPort = isQuiet ? undefined : addMisbehaviour(script, random, day, isUnlistedThere);
  const listed = [...DEVICES, ...BYSTANDERS].map((device) => ({
    ...device,
    inventoried: true,
    activities: script.of(device.name),
  }));
  const unlisted = { name: UNLISTED, ip: '10.0.9.77', kind: 'single-board computer', activities: script.of(UNLISTED) };
  return {
    title: `A ${isQuiet ? 'quiet ' : ''}day to score detectors by, seed ${seed}`,
    seed,
    start: new Date(date + START_MIN * 60_000).toISOString().replace('.000', ''),
    duration: `${day.lengthMin}m`,
    office: {
      employees,
      guests: shape.int(0, 6),
      colleagueActivities: update,
      devices: isUnlistedThere ? [...listed, unlisted] : listed,
      outside: script.outside,
    },
    people: PEOPLE.map((name) => ({ name, habits: random.fork(`habits:${name}`).pick(HABITS), activities: script.of(name) })),
    router: {
      clock: clock('router'),
      nat: {
        natEvents: 'blocks',
        portForwards: [{ publicPort: WEB_SERVER.port, insideAddress: WEB_SERVER.address, insidePort: WEB_SERVER.port }],
        ...(lastPort === undefined ? {} : { lastPort }),
      },
      exporting: { applicationIds: shape.chance(0.5), dnsNames: true },
    },
    collector: { clock: clock('collector') },
    attributionQuestions: 0,
    damage: { encodings: false },
  };
}

const isPresent = (random: Random, kind: string, part = PRESENT_PART): boolean => random.fork(`is there: ${kind}`).chance(part);

/** Draws those of a catalogue that are there and has `tell` place each. */
function drawPresent<Input>(
  catalogue: Readonly<Record<string, Draw<Input>>>,
  random: Random,
  day: Span,
  tell: (activity: Input, chance: Random) => void,
): void {
  for (const [kind, draw] of Object.entries(catalogue)) {
    const chance = random.fork(kind);
    if (isPresent(random, kind)) tell(draw(chance, day), chance.fork('who'));
  }
}

/** What is innocent; returns what all colleagues do. */
function addLookalikes(script: Script, random: Random, day: Span): ActivityInput[] {
  const anybody = [...PEOPLE, ...DEVICES.map(({ name }) => name)];
  drawPresent(LOOKALIKES, random, day, (activity, chance) => script.tell(chance.pick(anybody), activity));
  drawPresent({ visit: drawVisits(WEB_SERVER.port) }, random, day, (visits) => script.outside.push(visits));
  return isPresent(random, 'update') ? [drawUpdate(random.fork('update'), day)] : [];
}

/** What is not; returns the highest public port where the router has few. */
function addMisbehaviour(script: Script, random: Random, day: Span, isUnlistedThere: boolean): number | undefined {
  const anybody = [...PEOPLE, ...DEVICES.map(({ name }) => name), ...(isUnlistedThere ? [UNLISTED] : [])];
  const tell = (activity: ActivityInput, chance: Random): void => script.tell(chance.pick(anybody), activity);
  drawPresent(INSIDE_MISBEHAVIOURS, random, day, tell);
  drawPresent(OUTSIDE_MISBEHAVIOURS, random, day, (activity) => script.outside.push(activity));
  if (!isPresent(random, 'portScan', SCANNING_PART)) return undefined;
  const isExhausting = isPresent(random, 'portExhaustion', EXHAUSTING_PART);
  const chance = random.fork('portScan');
  tell((isExhausting ? drawExhaustingScan : drawPortScan)(chance, day), chance.fork('who'));
  return isExhausting ? FIRST_PUBLIC_PORT + drawSmallPool(chance.fork('pool')) - 1 : undefined;
}
