import { computed } from '@preact/signals';
import { commonParameters, setParameters } from './route.ts';
import { truthChoice } from './settings.ts';
import { status } from './status.ts';

/** Whether the server knows it. */
export const isTruthKnown = computed(() => status.value?.bases.includes('truth') ?? false);

/** Whether it is to be seen. What a link says goes before what this reader chose at another time. */
export const isTruthShown = computed(() => isTruthKnown.value && commonParameters.value['truth'] !== 'off');

// Who once wanted none of it comes back without it.
if (truthChoice.peek() === 'off') setParameters({ truth: 'off' }, false);

/** Shows it or hides it; without it nothing can be told by it. */
export function showTruth(isShown: boolean): void {
  truthChoice.value = isShown ? 'on' : 'off';
  const isByTruth = commonParameters.peek()['basis'] === 'truth';
  setParameters({ truth: isShown ? undefined : 'off', ...(isByTruth && !isShown ? { basis: undefined } : {}) });
}
