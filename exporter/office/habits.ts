import type { Habits } from './config.ts';
import type { Hours } from './schedule.ts';

/** When who comes and goes: a support that opens early, developers that come late. Visitors stay an hour or some. */
export const HOURS: Readonly<Record<Habits | 'guest', Hours>> = {
  worker: { arrive: [8, 9.25], leave: [16.5, 17.75] },
  light: { arrive: [8, 9.25], leave: [16.5, 17.75] },
  developer: { arrive: [8.5, 10], leave: [17, 18.75] },
  support: { arrive: [7.5, 9.5], leave: [16, 18] },
  sales: { arrive: [8, 9.25], leave: [16.75, 18] },
  manager: { arrive: [7.5, 9], leave: [17.25, 19] },
  guest: { arrive: [8.75, 15], leave: [10.5, 17.5] },
};

/** How often somebody does what in a working day; 0 is never. Guesses, set so that 800 to 1500 connections a day come of them. */
export interface HabitRates {
  /** Web sites visited, some pages of each. */
  readonly visitsPerHour: number;
  readonly businessPerHour: number;
  readonly onedrivePerHour: number;
  readonly mailsPerHour: number;
  /** Meetings joined. */
  readonly meetingsPerDay: number;
  readonly phoneCallsPerDay: number;
  readonly sshPerDay: number;
  /** Chances that somebody uses it all day long. */
  readonly chat: number;
  readonly gmail: number;
  readonly dropboxSync: number;
  /** Chances that the day has one. */
  readonly youtube: number;
  readonly netflix: number;
  readonly spotify: number;
  readonly dropbox: number;
  readonly softwareDownload: number;
  readonly rdp: number;
  readonly vpn: number;
}

const WORKER: HabitRates = {
  visitsPerHour: 4.5,
  businessPerHour: 11,
  onedrivePerHour: 4,
  mailsPerHour: 2,
  meetingsPerDay: 0.8,
  phoneCallsPerDay: 2,
  sshPerDay: 0,
  chat: 0.6,
  gmail: 0.3,
  dropboxSync: 0.08,
  youtube: 0.25,
  netflix: 0.02,
  spotify: 0.2,
  dropbox: 0.1,
  softwareDownload: 0.03,
  rdp: 0.1,
  vpn: 0.03,
};

export const HABIT_RATES: Readonly<Record<Exclude<Habits, 'light'>, HabitRates>> = {
  worker: WORKER,
  developer: {
    ...WORKER,
    visitsPerHour: 5.5,
    businessPerHour: 6,
    onedrivePerHour: 2,
    mailsPerHour: 1,
    meetingsPerDay: 1,
    phoneCallsPerDay: 0.3,
    sshPerDay: 3,
    chat: 0.95,
    youtube: 0.3,
    netflix: 0.01,
    spotify: 0.45,
    dropbox: 0.05,
    softwareDownload: 0.4,
    rdp: 0.02,
  },
  support: {
    ...WORKER,
    businessPerHour: 15,
    meetingsPerDay: 0.5,
    phoneCallsPerDay: 12,
    chat: 0.9,
    rdp: 0.2,
    vpn: 0.1,
  },
  sales: {
    ...WORKER,
    businessPerHour: 13,
    mailsPerHour: 4,
    meetingsPerDay: 1.6,
    phoneCallsPerDay: 7,
    dropboxSync: 0.15,
    youtube: 0.15,
    netflix: 0.01,
    spotify: 0.1,
    dropbox: 0.15,
    softwareDownload: 0.02,
    vpn: 0.1,
  },
  manager: {
    ...WORKER,
    visitsPerHour: 4,
    onedrivePerHour: 5,
    mailsPerHour: 5,
    meetingsPerDay: 2,
    phoneCallsPerDay: 5,
    youtube: 0.1,
    netflix: 0.01,
    spotify: 0.08,
    softwareDownload: 0.02,
  },
};

/** Where colleagues work, how many of a hundred, and what they do there. */
export const DEPARTMENTS: readonly { readonly name: string; readonly weight: number; readonly habits: Habits }[] = [
  { name: 'Engineering', weight: 26, habits: 'developer' },
  { name: 'Sales', weight: 20, habits: 'sales' },
  { name: 'Support', weight: 16, habits: 'support' },
  { name: 'Marketing', weight: 12, habits: 'worker' },
  { name: 'Finance', weight: 10, habits: 'worker' },
  { name: 'Human Resources', weight: 8, habits: 'worker' },
  { name: 'Management', weight: 8, habits: 'manager' },
];
