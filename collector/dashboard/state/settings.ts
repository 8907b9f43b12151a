import { computed, effect, signal, type Signal } from '@preact/signals';

/** How this reader wants the page; kept in the browser, not in links. */
type Theme = 'auto' | 'light' | 'dark';
/** For a manager names and words; for an engineer addresses, ports and elements too. */
type Audience = 'manager' | 'engineer';
/** `office` is the zone of what is shown, `browser` the reader's own. */
type ZoneChoice = 'office' | 'browser' | 'UTC';

export const theme = kept<Theme>('theme', ['auto', 'light', 'dark']);
export const audience = kept<Audience>('audience', ['manager', 'engineer']);
/** Whether the truth stands beside what was measured, where the server knows it; a link says so too (state/truth.ts). */
export const truthChoice = kept<'on' | 'off'>('truth', ['on', 'off']);
export const zoneChoice = kept<ZoneChoice>('zone', ['office', 'browser', 'UTC']);

/** The first of the choices unless another was kept. */
function kept<Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Signal<Choice> {
  const key = `flowlab.${name}`;
  const found = choices.find((choice) => choice === localStorage.getItem(key));
  const setting = signal<Choice>(found ?? choices[0]);
  effect(() => localStorage.setItem(key, setting.value));
  return setting;
}

const darkMedia = matchMedia('(prefers-color-scheme: dark)');
const isSystemDark = signal(darkMedia.matches);
darkMedia.addEventListener('change', ({ matches }) => (isSystemDark.value = matches));

/** What the theme comes to: drawn charts have to know, and style/tokens.css goes by it. */
export const isDark = computed(() => (theme.value === 'auto' ? isSystemDark.value : theme.value === 'dark'));

effect(() => {
  document.documentElement.dataset['theme'] = isDark.value ? 'dark' : 'light';
});
