/** What is shown, and how far it has come: the topic `status`, which every server has. Instants are milliseconds since 1970. */
export interface StatusView {
  /** Whether flows still come, or a run that was kept is shown again. */
  readonly kind: 'live' | 'replay';
  readonly name: string;
  readonly title?: string;
  readonly seed?: number;
  /** By the clock of whoever tells the time: true time in the lab, the collector's otherwise. */
  readonly nowMs: number;
  readonly startMs: number;
  /** When the scenario ends. */
  readonly endMs?: number;
  /** Seconds of the scenario for each real one; absent where nobody can change it. */
  readonly speed?: Speed;
  readonly paused?: boolean;
  readonly isOver?: boolean;
  /** Topics of this server, by name. */
  readonly topics: readonly string[];
  /** Clocks by which the times of flows can be asked. */
  readonly bases: readonly string[];
  /** Routers of which the parameter `exporter` chooses one, the first where it is absent; none where there is nothing to choose. */
  readonly exporters?: readonly ExporterChoice[];
  readonly records: number;
  readonly messages: number;
  /** By how much the exporter's clock is fast, where that is known. */
  readonly clockErrorMs?: number | null;
  /** Of the office, as IANA names it. */
  readonly zone?: string;
}

/** A router that can be asked about by itself, or all of them together. */
export interface ExporterChoice {
  /** The parameter `exporter`. */
  readonly id: string;
  readonly name: string;
  /** By how much its clock is fast, where that is known. */
  readonly clockErrorMs?: number;
}

/** As fast as it goes, or so many seconds for each real one. */
export type Speed = 'max' | number;

/** What the page may ask of a run under way. */
export interface Control {
  readonly paused?: boolean;
  readonly speed?: Speed;
}
