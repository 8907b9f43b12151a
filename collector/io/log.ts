import pino, { type DestinationStream, type Logger } from 'pino';
import type { Incident } from '../counting/incidents.ts';
import type { LogConfig } from '../counting/log-config.ts';
import { LogLimiter } from '../counting/log-limiter.ts';
import { oneLine, wordNumber } from '../query/wording.ts';

/** Where a log is written. */
export interface LogOutput {
  /** Standard output: text for people, or all of the JSON. */
  readonly out: { write(text: string): unknown };
  /** Standard error: of text, what is wrong. */
  readonly error: { write(text: string): unknown };
  readonly isTerminal: boolean;
}

/** Codes of what the collector says of itself; what happens has those of `IncidentCode`. */
export type SaidCode =
  | 'listening'
  | 'api-listening'
  | 'page'
  | 'status'
  | 'account'
  | 'answer'
  | 'storing'
  | 'left-over'
  | 'reading'
  | 'left-unread'
  | 'api-fault';

const LEVELS = { info: 0, warn: 1, error: 2, silent: 3 } as const;

/** What the collector tells whoever runs it: as text, or as a line of JSON for each event with a code that does not change. */
export class CollectorLog {
  readonly #config: LogConfig;
  readonly #output: LogOutput;
  readonly #limiter: LogLimiter;
  /** `undefined` when text is written. */
  readonly #json: Logger | undefined;

  constructor(config: LogConfig, output: LogOutput) {
    this.#config = config;
    this.#output = output;
    this.#limiter = new LogLimiter(config);
    const isJson = config.format === 'json' || (config.format === 'auto' && !output.isTerminal);
    this.#json = isJson ? jsonLogger(config, output.out as DestinationStream) : undefined;
  }

  /** What was asked for or is told at the end: never left out. */
  say(code: SaidCode, lines: readonly string[]): void {
    for (const line of lines) {
      if (this.#json === undefined) this.#output.out.write(`${line}\n`);
      else this.#json.info({ code }, line);
    }
  }

  /** What happened, unless too much of it happens. */
  tell(incident: Incident, nowMs: number): void {
    const { code, level, exporter, domain, sentence, count } = incident;
    if (!this.#isTold(level) || !this.#limiter.admits(code, exporter ?? '', nowMs)) return;
    const text = oneLine(exporter === undefined ? sentence : `${exporter}, domain ${domain}: ${sentence}`);
    this.#write(level, { code, exporter, domain, count }, text);
  }

  /** A mistake of ours, which only the log is told in full. */
  fault(error: Error, nowMs: number): void {
    if (!this.#isTold('error') || !this.#limiter.admits('api-fault', '', nowMs)) return;
    this.#write('error', { code: 'api-fault' }, `the API failed: ${oneLine(error.message)}`);
  }

  /** Tells how much was left out in minutes that are over. To be called now and then, and at the end. */
  turn(nowMs: number, isEnd = false): void {
    for (const { code, count } of this.#limiter.turn(nowMs, isEnd)) {
      this.#write('warn', { code: 'suppressed', of: code, count }, `suppressed ${wordNumber(count)} of ${code}`);
    }
  }

  /** As text, what is well goes without saying. */
  #isTold(level: Incident['level']): boolean {
    const least = this.#json === undefined ? Math.max(LEVELS.warn, LEVELS[this.#config.level]) : LEVELS[this.#config.level];
    return LEVELS[level] >= least;
  }

  #write(level: Incident['level'], fields: Readonly<Record<string, unknown>>, text: string): void {
    if (this.#json === undefined) this.#output.error.write(`collector: ${level === 'error' ? 'error' : 'warning'}: ${text}\n`);
    else this.#json[level](fields, text);
  }
}

const jsonLogger = ({ level }: LogConfig, out: DestinationStream): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    out,
  );
