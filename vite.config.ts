import { readdirSync, readFileSync } from 'node:fs';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig, type Plugin } from 'vite';
import { WORD_FAMILIES } from './src/lib/ui/word-families.ts';

/** `src/lib/ui/words.ts` for the browser: the families that pages use, each text by its name, and no other. */
function browserWords(): Plugin {
	return {
		name: 'kheo-browser-words',
		load(id) {
			if (this.environment.name !== 'client' || !id.endsWith('/src/lib/ui/words.ts')) return null;
			const keys = readdirSync('messages/vi').flatMap((file) =>
				Object.keys(JSON.parse(readFileSync(`messages/vi/${file}`, 'utf8')))
			);
			const used = keys.filter((key) => WORD_FAMILIES.some((family) => key.startsWith(`${family}_`))).join(', ');
			return `import { ${used} } from '#lib/paraglide/messages/_index.js';\nexport const WORDS = { ${used} };`;
		}
	};
}

export default defineConfig({
	// The last browsers of Windows 7: public pages need no script, so their style alone decides whether such a machine shows them.
	build: { cssTarget: ['chrome109', 'edge109', 'firefox115', 'safari15'] },
	plugins: [
		browserWords(),
		paraglideVitePlugin({
			project: './project.inlang',
			outdir: './src/lib/paraglide',
			strategy: ['cookie', 'baseLocale'],
			cookieName: 'kheo_locale',
			emitTsDeclarations: true
		}),
		sveltekit({
			adapter: adapter({ precompress: true }),
			csp: {
				mode: 'auto',
				// What is not named is refused. Scripts and styles in a page carry its nonce.
				directives: {
					'default-src': ['none'],
					'script-src': ['self'],
					'style-src': ['self'],
					// SvelteKit's announcer of a new page hides itself with this one style attribute, and nothing else may have any.
					'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
					// The code that a phone photographs for its second factor is a picture in the page.
					'img-src': ['self', 'data:'],
					'font-src': ['self'],
					'connect-src': ['self'],
					'worker-src': ['self'],
					'object-src': ['none'],
					'base-uri': ['none'],
					'frame-ancestors': ['none'],
					'form-action': ['self'],
					'require-trusted-types-for': ['script'],
					// Svelte's own templates, what is pasted into the editor, the charts and articles: nothing else becomes markup. The one
					// called default lets the map that zooms start its worker from one file, and nothing else (src/lib/maps/zoom.ts).
					'trusted-types': ['svelte-trusted-html', 'ProseMirrorClipboard', 'kheo-chart', 'kheo-article', 'default']
				}
			}
		})
	]
});
