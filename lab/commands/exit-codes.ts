/** What a shell or a CI job is told. */
export const EXIT = {
  ok: 0,
  checkFailed: 1,
  usage: 2,
  /** No record was exported, so a passed check would say nothing. */
  nothingToJudge: 3,
  failure: 4,
} as const;

/** Signals that end a run, with the exit code a shell expects of each: 128 and the signal's number. */
export const SIGNAL_EXITS = { SIGINT: 130, SIGTERM: 143 } as const;
