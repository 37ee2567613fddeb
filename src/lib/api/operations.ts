import { ACTION_OPERATIONS } from '#lib/actions/action.api.ts';
import { FIGURE_OPERATIONS } from '#lib/figures/figure.api.ts';
import { ACT_OPERATIONS } from '#lib/models/act.api.ts';
import { ATTACHMENT_OPERATIONS } from '#lib/models/attachment.api.ts';
import { MODEL_OPERATIONS } from '#lib/models/model.api.ts';
import { ARTICLE_OPERATIONS } from '#lib/newsroom/article.api.ts';
import { PLACE_OPERATIONS } from '#lib/places/place.api.ts';
import { REPORT_OPERATIONS } from '#lib/reports/report.api.ts';
import { UNIT_EVENT_OPERATIONS } from '#lib/units/event.api.ts';
import { UNIT_OPERATIONS } from '#lib/units/unit.api.ts';
import type { Operation } from './operation.ts';

/** The register of everything that other programs can ask for; what is not here does not exist. */
export const OPERATIONS: readonly Operation[] = [
	...UNIT_OPERATIONS,
	...UNIT_EVENT_OPERATIONS,
	...PLACE_OPERATIONS,
	...MODEL_OPERATIONS,
	...ACT_OPERATIONS,
	...ATTACHMENT_OPERATIONS,
	...FIGURE_OPERATIONS,
	...REPORT_OPERATIONS,
	...ARTICLE_OPERATIONS,
	...ACTION_OPERATIONS
];
