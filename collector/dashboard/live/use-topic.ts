import { useEffect, useMemo } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { askedParameters } from '../state/range.ts';
import { status, zone } from '../state/status.ts';
import { connection, type TopicState } from './connection.ts';

/** A topic as it is now, typed as its view. */
export interface Topic<View> {
  readonly view: View | undefined;
  readonly problem: string | undefined;
}

/**
 * Follows a topic for as long as the component is there. What the page is asked by as a whole (time basis, time range, exporter) goes with
 * the topic's own parameters. While new parameters are answered, what was there before stays.
 */
export function useTopic<View extends object>(name: string, parameters: Readonly<Record<string, string>> = {}): Topic<View> {
  const shown = useSignal<TopicState>({ view: undefined, problem: undefined });
  // Before the status has come, neither the zone nor the present is known.
  const isKnown = name === 'status' || status.value !== undefined;
  const asked = JSON.stringify(name === 'status' ? {} : { zone: zone.value, ...askedParameters.value, ...parameters });
  const all = useMemo(() => JSON.parse(asked) as Record<string, string>, [asked]);
  useEffect(() => {
    if (!isKnown) return undefined;
    const { state, end } = connection.follow(name, all);
    const stop = state.subscribe((next) => {
      if (next.view !== undefined || next.problem !== undefined) shown.value = next;
    });
    return () => {
      stop();
      end();
    };
  }, [name, all, isKnown, shown]);
  return shown.value as Topic<View>;
}
