import { goto, preloadData } from '$app/navigation';
import { page } from '$app/state';

/**
 * Opens links marked `data-drawer` inside `root` over the page instead of leaving it. The linked page's load
 * must return `panel`, what the drawer shows; it arrives as `page.state.drawer.panel`. A link whose page cannot
 * be loaded is followed as usual, so that the error page tells why.
 */
export function drawerLinks(root: HTMLElement) {
	const onclick = (event: MouseEvent) => {
		const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-drawer]') : null;
		const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
		if (!link || !plain || event.defaultPrevented) return;
		event.preventDefault();
		void openOver(link);
	};
	root.addEventListener('click', onclick);
	return () => root.removeEventListener('click', onclick);
}

async function openOver(link: HTMLAnchorElement) {
	const href = link.getAttribute('href') ?? '';
	link.setAttribute('aria-busy', 'true');
	const result = await preloadData(href);
	link.removeAttribute('aria-busy');
	if (result.type !== 'loaded' || result.data['panel'] === undefined) return goto(href);
	const replace = page.state.drawer !== undefined;
	return goto(href, { shallow: true, replace, state: { drawer: { href, panel: result.data['panel'] } } });
}
