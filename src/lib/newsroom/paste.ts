/**
 * What Word and web pages put into the clipboard, before the editor reads it: without styles, comments and Word's own elements,
 * lists that Word draws as paragraphs made lists, headings brought to those of an article. What is left is read by the editor's
 * schema, which knows nothing but what an article may contain. Pure.
 */
export function cleanPasted(html: string): string {
	const listed = html
		.replace(/<!--\[if !supportLists\]-->.*?<!--\[endif\]-->/gis, (marker) =>
			/\d/.test(textOf(marker)) ? '\ue001' : '\ue002'
		)
		.replace(/<!--.*?-->/gs, '')
		.replace(/<(style|script|xml|head|title)\b.*?<\/\1>/gis, '')
		.replace(/<\/?(o|w|m|v|st1):[^>]*>/gi, '')
		.replace(/<(img|picture|video|audio|iframe|object|embed|svg)\b[^>]*>/gi, '')
		.replace(/<\/?font\b[^>]*>/gi, '')
		.replace(/<(\/?)h1\b/gi, '<$1h2')
		.replace(/<(\/?)h[456]\b/gi, '<$1h3')
		.replace(/\u00a0/g, ' ')
		.replace(/&nbsp;/g, ' ');
	return listed
		.replace(/(?:<p\b[^>]*>(?:<[^>]+>)*\s*[\ue001\ue002].*?<\/p>\s*)+/gis, asList)
		.replace(/[\ue001\ue002]/g, '');
}

function asList(paragraphs: string): string {
	const tag = paragraphs.indexOf('\ue001') >= 0 && !paragraphs.includes('\ue002') ? 'ol' : 'ul';
	const items = paragraphs
		.replace(/[\ue001\ue002]/g, '')
		.replace(/<p\b[^>]*>/gi, '<li><p>')
		.replace(/<\/p>/gi, '</p></li>');
	return `<${tag}>${items}</${tag}>`;
}

function textOf(html: string): string {
	return html.replace(/<!--.*?-->|<[^>]*>/gs, '');
}
