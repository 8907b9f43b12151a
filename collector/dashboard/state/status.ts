import { computed, signal } from '@preact/signals';
import type { ExporterChoice, StatusView } from '../../api/view/status-view.ts';
import { route } from './route.ts';
import { zoneChoice } from './settings.ts';

/** The topic `status`, which the page follows for as long as it is open. */
export const status = signal<StatusView | undefined>(undefined);

/** The time zone all times of the page are told in, as IANA names it. */
export const zone = computed(() => {
  if (zoneChoice.value === 'browser') return Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zoneChoice.value === 'UTC' ? 'UTC' : (status.value?.zone ?? 'UTC');
});

/** The router whose records are shown, where there are several; none when the address names one there is not. */
export const exporter = computed<ExporterChoice | undefined>(() => {
  const choices = status.value?.exporters ?? [];
  const { exporter: id } = route.value.parameters;
  return id === undefined ? choices[0] : choices.find((choice) => choice.id === id);
});

/** By which clock things are placed in time; the first there is unless the address says another. */
export const basis = computed(() => route.value.parameters['basis'] ?? status.value?.bases[0] ?? 'flow');

/** By how much its clock is fast, where that is known. */
export const clockErrorMs = computed(() => (exporter.value ?? status.value)?.clockErrorMs ?? undefined);
