import type { Actor } from '#lib/accounts/actor.ts';
import { SMALLEST_CLOSED } from '#lib/figures/reach.server.ts';
import { m } from '#lib/paraglide/messages.js';
import type { FrozenFigure } from '#lib/reports/document.ts';
import type { Db } from '#lib/server/db.ts';
import { formatDay } from '#lib/vietnamese/format.ts';
import type { Text } from './article.server.ts';
import { askFigures } from './figure.server.ts';
import { pictureAddress } from './picture.ts';
import { picturesOf } from './public.server.ts';
import { renderBody, type Given } from './render.ts';

/** A text as its readers will see it, before it is public: its figures are those of today. `secret`: of a preview link. */
export async function showText(
	db: Db,
	actor: Actor,
	{ unitId, text, secret }: { unitId: string; text: Text; secret?: string }
): Promise<string> {
	const [pictures, figures] = await Promise.all([
		picturesOf(db, text.body),
		askFigures(db, actor, { unitId, body: text.body })
	]);
	return renderBody(text.body, {
		pictures,
		figures: figuresShown(figures),
		...ADDRESSES,
		...(secret && { pictureAddress: (...of) => `${pictureAddress(...of)}?preview=${secret}` })
	});
}

/** What stands for each figure, and what it counts up to which day. */
export function figuresShown(
	figures: Iterable<Pick<FrozenFigure, 'slot' | 'text' | 'label' | 'asOf' | 'isHidden'>>
): Given['figures'] {
	return new Map(
		[...figures].map(({ slot, text, label, asOf, isHidden }) => {
			const about = m.article_figure_as_of({ label, day: formatDay(asOf) });
			const why = isHidden ? `. ${m.portal_figure_hidden_why({ least: SMALLEST_CLOSED })}` : '';
			return [slot, { text, label: about + why }];
		})
	);
}

/** Addresses and words of a text on its pages. */
export const ADDRESSES = {
	pictureAddress,
	fileAddress: (id, name) => `/files/${id}/${encodeURIComponent(name)}`,
	words: { credit: (name) => m.article_credit({ name }), size: sizeText }
} satisfies Pick<Given, 'pictureAddress' | 'fileAddress' | 'words'>;

function sizeText(bytes: number): string {
	const [value, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KB'] : [bytes / 1024 ** 2, 'MB'];
	return `${value.toLocaleString('vi-VN', { maximumFractionDigits: value < 10 ? 1 : 0 })} ${unit}`;
}
