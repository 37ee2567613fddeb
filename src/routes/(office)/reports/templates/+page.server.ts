import { signedIn } from '#lib/accounts/guard.ts';
import { listFor } from '#lib/reports/template.server.ts';
import { authorise, may } from '#lib/units/authority.server.ts';
import { chosenUnit } from '#lib/units/chosen.server.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals: { db, ...locals }, url }) => {
	const actor = signedIn(locals);
	const unit = await chosenUnit(db, actor, url);
	await authorise(db, actor, 'report.read', unit.id);
	const templates = await listFor(db, unit.id);
	return {
		unit,
		mayEdit: await may(db, actor, 'template.write', unit.id),
		templates: templates.map(({ code, name, version, family, ownerName }) => ({
			code,
			name,
			version,
			family,
			ownerName
		}))
	};
};
