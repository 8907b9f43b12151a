import { tenthsByMagnitude, drawStart, longestMin, wholeByMagnitude } from './draw.ts';
import { farNetwork, type ActivityInput, type Draw, type OutsideInput } from './draw-misbehaviour.ts';

/** Services a monitoring system asks, unless told otherwise: Nagios asks each 5 min. */
const MONITORING = { hosts: [4, 12], everyS: [120, 600] } as const;
const AUTOMATION = { minutes: [20, 90], hosts: [3, 10], connections: [60, 400] } as const;
const BACKUP = { megabytes: [200, 3_000], megabitsPerSecond: [20, 80] } as const;
const TALK = { megabytes: [200, 1_500], megabitsPerSecond: [10, 40] } as const;
const BROWSING = { minutes: [15, 60], perMinute: [10, 60] } as const;
const UPDATE = { megabytes: [100, 400] } as const;
const VISITS = { minutes: [60, 480], visitors: [5, 60], perMinute: [1, 20] } as const;

/** Done by one person or device. */
export const LOOKALIKES: Readonly<Record<string, Draw<ActivityInput>>> = {
  backUp: (random, day) => {
    const megabytes = wholeByMagnitude(random, BACKUP.megabytes);
    const megabitsPerSecond = wholeByMagnitude(random, BACKUP.megabitsPerSecond);
    return { do: 'backUp', at: drawStart(random, day, (megabytes * 8) / megabitsPerSecond / 60), megabytes, megabitsPerSecond };
  },
  uploadTalk: (random, day) => {
    const megabytes = wholeByMagnitude(random, TALK.megabytes);
    const megabitsPerSecond = wholeByMagnitude(random, TALK.megabitsPerSecond);
    const at = drawStart(random, day, (megabytes * 8) / megabitsPerSecond / 60);
    return { do: 'uploadTalk', at, megabytes, megabitsPerSecond };
  },
  monitor: (random, day) => {
    const minutes = longestMin(day);
    const hosts = random.int(...MONITORING.hosts);
    const everyS = random.int(...MONITORING.everyS);
    return { do: 'monitor', at: drawStart(random, day, minutes), minutes, network: farNetwork(random, 24), hosts, everyS };
  },
  automate: (random, day) => {
    const minutes = random.int(...AUTOMATION.minutes);
    const hosts = random.int(...AUTOMATION.hosts);
    const connections = wholeByMagnitude(random, AUTOMATION.connections);
    return { do: 'automate', at: drawStart(random, day, minutes), minutes, network: farNetwork(random, 24), hosts, connections };
  },
  browseCdn: (random, day) => {
    const minutes = random.int(...BROWSING.minutes);
    return {
      do: 'browseCdn',
      at: drawStart(random, day, minutes),
      minutes,
      perMinute: tenthsByMagnitude(random, BROWSING.perMinute),
    };
  },
};

/** Done by every colleague at once. */
export const drawUpdate: Draw<ActivityInput> = (random, day) => ({
  do: 'update',
  at: drawStart(random, day, 30),
  megabytes: wholeByMagnitude(random, UPDATE.megabytes),
});

/** Strangers who use the office's own web server, on the public port that leads to it. */
export const drawVisits =
  (port: number): Draw<OutsideInput> =>
  (random, day) => {
    const minutes = random.int(...VISITS.minutes);
    const visitors = random.int(...VISITS.visitors);
    return {
      do: 'visit',
      at: drawStart(random, day, minutes),
      minutes,
      port,
      visitors,
      perMinute: wholeByMagnitude(random, VISITS.perMinute),
    };
  };
