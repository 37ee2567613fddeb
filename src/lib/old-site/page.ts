import type { Element } from './tree.ts';

/** A page of an old site as its file has it, before anything is made of it. */
export type OldPage = {
	/** The file, and the line at which it begins there where several are in one. */
	file: string;
	line: number | null;
	/** Old addresses below the root of their host; by these it is told whether it was taken over before. */
	paths: string[];
	/** What addresses in it are relative to. */
	base: string;
	title: string;
	/** Its first line is its title where it names none. */
	isTitleInText: boolean;
	content: Element;
	isLoose: boolean;
	lead: string;
	/** Null: the page does not say. */
	publishedAt: Date | null;
	/** What was said and could not be read as a day. */
	unreadDay: string;
	/** Why readers of the old site could not read it, or not as news. */
	standing: Standing;
	categories: string[];
	tags: string[];
	author: string;
	/** A picture of the page that stands before its text: an address, or `id:123`. */
	cover: string;
	isEncodingGuessed: boolean;
};

export type Standing = 'public' | 'unpublished' | 'password' | 'page';

/** What a file holds beside pages. */
export type Attachment = { id: string; address: string; alt: string; caption: string };

export type Found =
	| { page: OldPage }
	| { attachment: Attachment }
	| { author: { login: string; name: string } }
	/** An entry that is no text of the site: its kind, as the file calls it. */
	| { other: string };
