import type { SubmitFunction } from '$app/forms';
import { tick } from 'svelte';

/**
 * For `use:enhance`: what was typed stays, and after a refusal the reader is taken to the first field that is wrong,
 * or to the notice that says why.
 */
export const showRefusal: SubmitFunction =
	({ formElement }) =>
	async ({ result, update }) => {
		await update({ reset: result.type === 'success' });
		if (result.type !== 'failure') return;
		await tick();
		const wrong = formElement.querySelector<HTMLElement>('[aria-invalid="true"]');
		wrong?.focus({ preventScroll: true });
		(wrong ?? document.querySelector('main .notice:is(.error-notice, .warning)'))?.scrollIntoView({ block: 'center' });
	};
