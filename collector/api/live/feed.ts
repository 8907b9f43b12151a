import { mergePatch, type JsonObject } from './merge-patch.ts';

/** A view as a whole, or what makes it of the version before. */
export type FeedUpdate =
  | { readonly version: number; readonly view: JsonObject }
  | { readonly version: number; readonly from: number; readonly patch: JsonObject };

/** The versions of one view: the present one, and the last changes for whoever missed them. */
export class Feed {
  readonly #keptPatches: number;
  readonly #patches: FeedUpdate[] = [];
  #version: number;
  #view: JsonObject | undefined;

  /**
   * Versions count up from `firstVersion`. Where a feed is made anew, by a server that was started again too, it must be greater than any of
   * before, or a page would take changes of one history for those of another; milliseconds since 1970 are, at less than a thousand changes a second.
   */
  constructor(firstVersion: number, keptPatches: number) {
    this.#version = firstVersion - 1;
    this.#keptPatches = keptPatches;
  }

  get version(): number {
    return this.#version;
  }

  get isEmpty(): boolean {
    return this.#view === undefined;
  }

  /** Takes the view as it is now. */
  accept(view: JsonObject): void {
    const before = this.#view;
    const patch = before === undefined ? undefined : mergePatch(before, view);
    if (patch !== undefined && Object.keys(patch).length === 0) return;
    this.#view = view;
    this.#version++;
    // A change that no patch can tell ends what can be resumed.
    if (patch === undefined) this.#patches.length = 0;
    else this.#patches.push({ version: this.#version, from: this.#version - 1, patch });
    if (this.#patches.length > this.#keptPatches) this.#patches.shift();
  }

  /** What brings whoever has `version` up to the present; nothing when there is nothing new. */
  since(version: number | undefined): readonly FeedUpdate[] {
    if (this.#view === undefined || version === this.#version) return [];
    const missed = version === undefined ? -1 : this.#version - version;
    if (missed > 0 && missed <= this.#patches.length) return this.#patches.slice(-missed);
    return [{ version: this.#version, view: this.#view }];
  }
}
