import { Editor, Extension, Mark, Node } from '@tiptap/core';
import StarterKit from '@tiptap/starter-kit';
import { m } from '#lib/paraglide/messages.js';
import type { FrozenFigure } from '#lib/reports/document.ts';
import { giveAddresses } from '#lib/reports/editor.ts';
import {
	canChangeTable,
	changeTable,
	insertTable,
	TABLE_CHANGES,
	type TableChange,
	tableNodes
} from '#lib/reports/editor-table.ts';
import { bodySchema, isLinkable, type Body, type ListedFigure, type Picture } from './body.ts';
import { cleanPasted } from './paste.ts';
import { pictureAddress } from './picture.ts';

/** Tiptap with the nodes of an article. Loaded only where one is edited; nothing else may import this file. */

export type ArticleEditing = {
	editor: Editor;
	insertPicture: (attrs: Picture['attrs']) => void;
	insertAttachment: (attrs: { file: string; name: string; size: number }) => void;
	/** `shown`: what stands for it until the page is opened again. */
	insertFigure: (figure: Omit<ListedFigure, 'slot'>, shown: string | undefined) => void;
	insertTable: () => void;
	tableChanges: () => TableChange[];
	changeTable: (change: TableChange) => void;
	/** Null takes the link away. */
	setLink: (href: string | null) => boolean;
	/** The picture that is chosen in the text, to say something else about it. */
	chosenPicture: () => Picture['attrs'] | null;
	changePicture: (attrs: Picture['attrs']) => void;
};

type Options = {
	element: HTMLElement;
	label: string;
	body: Body;
	figures: readonly FrozenFigure[];
	onchange: (body: Body) => void;
	/** A change that cannot be stored, with the key of the reason in newsroom.json; null when all is well again. */
	onrefused: (key: string | null) => void;
	/** Selection or text moved: the toolbar reads its state again. */
	onmove: () => void;
};

/** Opens the editor in `element`. The caller destroys `editor`. */
export function openArticleEditor({
	element,
	label,
	body,
	figures,
	onchange,
	onrefused,
	onmove
}: Options): ArticleEditing {
	const asked = new Map<string, string>();
	const editor = new Editor({
		element,
		// Its style sheet is ours: pages let no other in.
		injectCSS: false,
		content: body,
		extensions: articleExtensions(figures, asked),
		editorProps: {
			attributes: { 'aria-label': label, 'aria-multiline': 'true', role: 'textbox', lang: 'vi' },
			transformPastedHTML: cleanPasted
		},
		onTransaction: onmove,
		onUpdate: () => {
			const read = bodySchema.safeParse(editor.getJSON());
			onrefused(read.success ? null : (read.error.issues[0]?.message ?? ''));
			if (read.success) onchange(read.data);
		}
	});
	const below = () => {
		const { $to, to } = editor.state.selection;
		return $to.depth > 0 ? $to.after(1) : to;
	};
	const put = (node: object) =>
		void editor
			.chain()
			.focus()
			.insertContentAt(below(), [node, { type: 'paragraph' }])
			.run();
	return {
		editor,
		insertPicture: (attrs) => put({ type: 'picture', attrs }),
		insertAttachment: (attrs) => put({ type: 'attachment', attrs }),
		insertFigure: (attrs, shown) => {
			if (shown !== undefined) asked.set(questionKey(attrs), shown);
			editor
				.chain()
				.focus()
				.insertContent({ type: 'figure', attrs: { ...attrs, slot: null } })
				.run();
		},
		insertTable: () => insertTable(editor),
		tableChanges: () => TABLE_CHANGES.filter((change) => canChangeTable(editor, change)),
		changeTable: (change) => changeTable(editor, change),
		setLink: (href) => {
			if (href !== null && !isLinkable(href)) return false;
			const chain = editor.chain().focus().extendMarkRange('link');
			return href === null ? chain.unsetMark('link').run() : chain.setMark('link', { href }).run();
		},
		chosenPicture: () => {
			if (!editor.isActive('picture')) return null;
			const { picture, alt, caption, credit } = editor.getAttributes('picture');
			return { picture: String(picture), alt: String(alt), caption: String(caption), credit: String(credit) };
		},
		changePicture: (attrs) => void editor.chain().focus().updateAttributes('picture', attrs).run()
	};
}

/** The schema of the editor: StarterKit without what articles do not have, and the nodes of an article. */
export function articleExtensions(figures: readonly FrozenFigure[], asked: ReadonlyMap<string, string> = new Map()) {
	return [
		StarterKit.configure({
			code: false,
			codeBlock: false,
			horizontalRule: false,
			link: false,
			strike: false,
			trailingNode: false,
			heading: { levels: [2, 3] }
		}),
		link,
		slots,
		picture,
		attachment,
		figureNode(new Map(figures.map((each) => [each.slot, each])), asked),
		...tableNodes
	];
}

/** Slots of figures are kept while text moves, and given anew to what was copied. */
const slots = Extension.create({
	name: 'slots',
	dispatchTransaction({ transaction, next }) {
		if (transaction.docChanged) giveAddresses(transaction);
		next(transaction);
	}
});

const link = Mark.create({
	name: 'link',
	inclusive: false,
	addAttributes: () => ({ href: { default: null } }),
	parseHTML: () => [{ tag: 'a[href]', getAttrs: (element) => isLinkable(element.getAttribute('href') ?? '') && null }],
	renderHTML: ({ HTMLAttributes }) => ['a', HTMLAttributes, 0]
});

const data = (name: string) => ({
	default: '',
	parseHTML: (element: HTMLElement) => element.getAttribute(`data-${name}`) ?? '',
	renderHTML: (attributes: Record<string, unknown>) => ({ [`data-${name}`]: textOf(attributes[name]) })
});

const textOf = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

const picture = Node.create({
	name: 'picture',
	group: 'block',
	atom: true,
	draggable: true,
	addAttributes: () => ({
		picture: data('picture'),
		alt: data('alt'),
		caption: data('caption'),
		credit: data('credit')
	}),
	parseHTML: () => [{ tag: 'figure[data-picture]' }],
	renderHTML: ({ HTMLAttributes, node }) => {
		const { picture: id, alt, caption, credit } = node.attrs;
		const said = [caption, credit && m.article_credit({ name: String(credit) })].filter(Boolean).join(' · ');
		const image = ['img', { src: pictureAddress(String(id), 0, 'jpeg'), alt: String(alt) }] as const;
		const about = ['figcaption', String(said || (alt ? '' : m.article_picture_silent()))] as const;
		return ['figure', { ...HTMLAttributes, class: 'picture' }, image, about];
	}
});

const attachment = Node.create({
	name: 'attachment',
	group: 'block',
	atom: true,
	addAttributes: () => ({
		file: data('file'),
		name: data('name'),
		size: {
			...data('size'),
			default: 0,
			parseHTML: (element: HTMLElement) => Number(element.getAttribute('data-size')) || 0
		}
	}),
	parseHTML: () => [{ tag: 'p[data-file]' }],
	renderHTML: ({ HTMLAttributes, node }) => [
		'p',
		{ ...HTMLAttributes, class: 'attachment' },
		String(node.attrs['name'])
	]
});

/** Two figures that ask the same say the same. */
const questionKey = ({ query, format }: { query?: unknown; format?: unknown }) => JSON.stringify([query, format]);

function figureNode(known: ReadonlyMap<string, FrozenFigure>, asked: ReadonlyMap<string, string>) {
	const json = (name: string) => ({
		default: null,
		parseHTML: (element: HTMLElement): unknown => readJson(element.getAttribute(`data-${name}`)),
		renderHTML: (attributes: Record<string, unknown>) => ({ [`data-${name}`]: JSON.stringify(attributes[name]) })
	});
	return Node.create({
		name: 'figure',
		group: 'inline',
		inline: true,
		atom: true,
		addAttributes: () => ({
			slot: json('slot'),
			query: json('query'),
			format: { ...json('format'), default: 'plain' }
		}),
		parseHTML: () => [{ tag: 'span[data-query]' }],
		renderHTML: ({ HTMLAttributes, node }) => {
			const slot: unknown = node.attrs['slot'];
			const frozen = typeof slot === 'string' ? known.get(slot)?.text : undefined;
			// A slot that became free is given anew: what was just asked goes before.
			const text = asked.get(questionKey(node.attrs)) ?? frozen;
			return ['span', { ...HTMLAttributes, class: 'fig' }, text ?? `[${m.report_editor_figure_pending()}]`];
		}
	});
}

function readJson(text: string | null): unknown {
	try {
		return text === null ? null : JSON.parse(text);
	} catch {
		// Pasted from elsewhere: the same attribute name with another meaning is no attribute of ours.
		return null;
	}
}
