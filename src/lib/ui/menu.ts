/** For a `details` that hangs over the page: it closes with Esc, and when the reader goes on elsewhere. */
export function closing(menu: HTMLDetailsElement) {
	const onkeydown = (event: KeyboardEvent) => {
		if (event.key !== 'Escape' || !menu.open) return;
		menu.open = false;
		menu.querySelector('summary')?.focus();
	};
	const onelsewhere = (event: Event) => {
		if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
	};
	menu.addEventListener('keydown', onkeydown);
	document.addEventListener('focusin', onelsewhere);
	document.addEventListener('pointerdown', onelsewhere);
	return () => {
		menu.removeEventListener('keydown', onkeydown);
		document.removeEventListener('focusin', onelsewhere);
		document.removeEventListener('pointerdown', onelsewhere);
	};
}
