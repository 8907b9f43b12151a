/**
 * Clocks of well-known kinds; every field can be written over. Sources: [Mills] D. L. Mills' survey of some 20,000 hosts, whose median
 * error is 78 ppm, some above 500; [RFC 5905] section 7.2, PHI, 15 ppm; [chrony] the wander of its simulation tests, 1e-9 s/s in a
 * second, and the linear 1 ppm/C reported on lists.ntp.org in February 2012; [fork] the parabola of tuning-fork crystals around
 * 25 C; [Koegel] clocks of exporters read with a deviation of 2 to 34 ms, which 10 ms ticks lie within. The rest is what data
 * sheets of such parts usually promise, not a measurement.
 */
export const CLOCK_PRESETS = {
  /** A machine room: an error as RFC 5905 takes for granted, and hardly a temperature. */
  server: {
    driftPpm: 15, // [RFC 5905]
    wanderPpm: 0.001, // [chrony]
    temperature: { meanC: 24, dailyAmplitudeC: 1, turnoverC: 24, linearPpmPerC: 1 }, // [chrony]
  },
  /** A quartz of an office computer. */
  pc: {
    driftPpm: 78, // [Mills]
    wanderPpm: 0.001, // [chrony]
    temperature: { meanC: 30, dailyAmplitudeC: 4, turnoverC: 30, linearPpmPerC: 1 }, // [chrony]
  },
  /** The cheapest crystal in a case without a fan, read by timer ticks. */
  'cheap-router': {
    driftPpm: 100,
    ageingPpmPerDay: 0.01,
    wanderPpm: 0.01,
    temperature: { meanC: 40, dailyAmplitudeC: 8, turnoverC: 25, parabolicPpmPerC2: -0.034 }, // [fork]
    resolutionUs: 10_000, // [Koegel]
  },
  /** A temperature-compensated oscillator. */
  tcxo: { driftPpm: 1, ageingPpmPerDay: 0.003, wanderPpm: 0.0001 },
} as const;

export type ClockPresetName = keyof typeof CLOCK_PRESETS;
