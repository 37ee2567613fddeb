import { asksForSecondFactor } from '#lib/accounts/second-factor.server.ts';
import type { Session } from '#lib/accounts/session.server.ts';
import { unitsWhere, type Actor } from '#lib/accounts/actor.ts';
import { m } from '#lib/paraglide/messages.js';
import { listOwn } from '#lib/units/unit.server.ts';
import type { Db } from '#lib/server/db.ts';

/** What every page inside needs: who, for which office, and where one can go. */
export async function shell(db: Db, actor: Actor, session: Session) {
	const own = await listOwn(db, actor);
	const administers = unitsWhere(actor, 'account.manage').length > 0;
	const works = unitsWhere(actor, 'model.read').length > 0;
	const writes = unitsWhere(actor, 'newsroom.read').length > 0;
	const audits = unitsWhere(actor, 'audit.read').length > 0;
	const handles = unitsWhere(actor, 'sealed.handle').length > 0;
	const mine = {
		title: m.nav_mine(),
		items: [
			{ href: '/desk', label: m.nav_desk() },
			{ href: '/reports', label: m.nav_reports() }
		]
	};
	const movement = {
		title: m.nav_movement(),
		items: [
			{ href: '/models', label: m.nav_models() },
			{ href: '/models/import', label: m.nav_import() }
		]
	};
	const portal = {
		title: m.nav_portal(),
		items: [
			{ href: '/newsroom', label: m.nav_newsroom() },
			{ href: '/newsroom/sites', label: m.newsroom_sites() }
		]
	};
	const running = {
		title: m.nav_running(),
		items: [
			...(works
				? [
						{ href: '/figures', label: m.nav_figures() },
						{ href: '/map', label: m.nav_map() },
						{ href: '/verify', label: m.nav_verify() }
					]
				: []),
			...(handles ? [{ href: '/sealed', label: m.nav_sealed() }] : []),
			{ href: '/units', label: m.nav_units() },
			{ href: '/places', label: m.nav_places() },
			...(administers
				? [
						{ href: '/accounts', label: m.nav_accounts() },
						{ href: '/accounts/requests', label: m.nav_data_requests() }
					]
				: []),
			...(audits ? [{ href: '/audit', label: m.nav_audit() }] : [])
		]
	};
	return {
		user: {
			name: actor.name,
			unitName: own[0]?.name ?? '',
			links: [
				{ href: '/account', label: m.account_own_title() },
				{ href: '/account/delegation', label: m.nav_delegation() },
				{ href: '/account/tokens', label: m.nav_tokens() },
				{ href: '/accounts/roles', label: m.nav_roles() },
				{ href: '/account/data', label: m.nav_own_data() },
				{ href: '/privacy', label: m.nav_privacy() }
			]
		},
		nav: [...(works ? [mine, movement] : []), ...(writes ? [portal] : []), running],
		contextLine: m.core_slogan(),
		search: { action: '/search' },
		/** The demonstration world asks for the second factor, but does not insist. */
		factorDue: asksForSecondFactor(actor) && !session.hasSecondFactor && session.isDemonstration && !session.putOff
	};
}
