import type { Random } from '../../core/random/random.ts';
import { filmForCloud } from './applications/camera.ts';
import { backUp } from './applications/cloud-backup.ts';
import { askForTime } from './applications/ntp.ts';
import { stayRegistered, telephone } from './applications/phone.ts';
import { reportToMaker } from './applications/printer.ts';
import { awaitPush } from './applications/push.ts';
import { watchUplink } from './applications/uplink.ts';
import { browse } from './applications/web.ts';
import { beginLightDay } from './background.ts';
import type { DayPlan } from './day-plan.ts';
import { NS_PER_HOUR, NS_PER_MIN } from './schedule.ts';
import { beginTreats } from './treats.ts';

/** Kinds of devices that have a life of their own; any other uses a little web. */
const KINDS: Readonly<Record<string, (plan: DayPlan, random: Random) => void>> = {
  camera: ({ host, day }, random) => host.begin(day.arriveNs, filmForCloud(host, day, random)),
  printer: ({ host, day }, random) => host.begin(day.arriveNs, reportToMaker(host, day, random)),
  server: ({ host, day, midnight }, random) => {
    host.begin(day.arriveNs, backUp(host, midnight, random));
    host.begin(day.arriveNs, watchUplink(host, day, random.fork('uplink')));
  },
  'desk phone': ({ host, day }, random) => {
    host.begin(day.arriveNs, stayRegistered(host, day, random.fork('registration')));
    host.begin(day.arriveNs, telephone(host, day, random, 2 * NS_PER_HOUR));
  },
};
const GADGET_BUDGET_OCTETS = 12e6;

/** A day, round the clock, of a device without a person. */
export function beginThingsDay(plan: DayPlan, kind: string): void {
  const begin = KINDS[kind];
  if (begin === undefined) return beginLightDay(plan, GADGET_BUDGET_OCTETS);
  const { host, day, random, scale } = plan;
  if (scale <= 0) return;
  begin(plan, random.fork(kind));
  host.begin(day.arriveNs, askForTime(host, day, random.fork('ntp')));
}

const GUEST_CHANCES = { youtube: 0.25, netflix: 0, spotify: 0.15, dropbox: 0, softwareDownload: 0, rdp: 0, vpn: 0 } as const;
const GUEST_VISIT_GAP_NS = 12 * NS_PER_MIN;

/** A visitor's telephone on the guest Wi-Fi: notifications, some web sites, at times a video. */
export function beginGuestDay(plan: DayPlan): void {
  const { host, day, random, web, scale } = plan;
  if (day.leaveNs <= day.arriveNs || scale <= 0) return;
  host.begin(day.arriveNs, awaitPush(host, day, random.fork('push')));
  host.begin(day.arriveNs, browse(host, day, random.fork('web'), web, GUEST_VISIT_GAP_NS / scale));
  beginTreats(plan, GUEST_CHANCES);
}
