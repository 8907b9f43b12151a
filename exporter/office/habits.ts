import type { Habits } from './config.ts';

/** How often somebody does what in a working day; 0 is never. Guesses, set so that 800 to 1500 connections a day come of them. */
export interface HabitRates {
  readonly pagesPerHour: number;
  readonly businessPerHour: number;
  readonly onedrivePerHour: number;
  readonly mailsPerHour: number;
  readonly callsPerDay: number;
  /** Chances that the day has one. */
  readonly youtube: number;
  readonly netflix: number;
  readonly spotify: number;
  readonly dropbox: number;
  readonly softwareDownload: number;
}

export const HABIT_RATES: Readonly<Record<Exclude<Habits, 'light'>, HabitRates>> = {
  worker: {
    pagesPerHour: 14,
    businessPerHour: 9,
    onedrivePerHour: 4,
    mailsPerHour: 2,
    callsPerDay: 0.8,
    youtube: 0.25,
    netflix: 0.02,
    spotify: 0.2,
    dropbox: 0.1,
    softwareDownload: 0.03,
  },
  developer: {
    pagesPerHour: 17,
    businessPerHour: 5,
    onedrivePerHour: 2,
    mailsPerHour: 1,
    callsPerDay: 1,
    youtube: 0.3,
    netflix: 0.01,
    spotify: 0.45,
    dropbox: 0.05,
    softwareDownload: 0.4,
  },
  sales: {
    pagesPerHour: 14,
    businessPerHour: 13,
    onedrivePerHour: 4,
    mailsPerHour: 4,
    callsPerDay: 1.8,
    youtube: 0.15,
    netflix: 0.01,
    spotify: 0.1,
    dropbox: 0.15,
    softwareDownload: 0.02,
  },
  manager: {
    pagesPerHour: 13,
    businessPerHour: 9,
    onedrivePerHour: 5,
    mailsPerHour: 5,
    callsPerDay: 2.2,
    youtube: 0.1,
    netflix: 0.01,
    spotify: 0.08,
    dropbox: 0.1,
    softwareDownload: 0.02,
  },
};

/** Where colleagues work, how many of a hundred, and what they do there. */
export const DEPARTMENTS: readonly { readonly name: string; readonly weight: number; readonly habits: Habits }[] = [
  { name: 'Engineering', weight: 26, habits: 'developer' },
  { name: 'Sales', weight: 20, habits: 'sales' },
  { name: 'Support', weight: 16, habits: 'worker' },
  { name: 'Marketing', weight: 12, habits: 'worker' },
  { name: 'Finance', weight: 10, habits: 'worker' },
  { name: 'Human Resources', weight: 8, habits: 'worker' },
  { name: 'Management', weight: 8, habits: 'manager' },
];
