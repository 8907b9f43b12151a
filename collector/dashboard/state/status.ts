import { computed, signal } from '@preact/signals';
import type { StatusView } from '../../api/view/status-view.ts';
import { zoneChoice } from './settings.ts';

/** The topic `status`, which the page follows for as long as it is open. */
export const status = signal<StatusView | undefined>(undefined);

/** The time zone all times of the page are told in, as IANA names it. */
export const zone = computed(() => {
  if (zoneChoice.value === 'browser') return Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zoneChoice.value === 'UTC' ? 'UTC' : (status.value?.zone ?? 'UTC');
});
