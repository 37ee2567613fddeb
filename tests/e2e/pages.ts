import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFolder } from '#lib/server/settings.ts';
import type { Person } from './people.ts';
import { NEWEST, SITE, type Prepared } from './prepared.ts';

/** A page to look at: whose route it is, who looks, and what it answers if not 200. */
export type Visit = { route: string; name: string; as: Person | null; path: string; status: number };

/** Every route that shows a page, as its files lie: `/(office)/models/[id]`. */
export function pageRoutes(): string[] {
	const folder = join(projectFolder(), 'src/routes');
	const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
	return files.filter((file) => file.endsWith('+page.svelte')).map((file) => `/${dirname(file)}`.replace('/.', '/'));
}

const OLDEST = 'huong-dan-dang-ky-mo-hinh-dan-van-kheo-nam-2024';

const PUBLIC_VISITS: readonly Visit[] = [
	visit('/(portal)/[site]', [null, SITE]),
	visit('/(portal)/[site]/tin-tuc', [null, `${SITE}/tin-tuc`]),
	visit('/(portal)/[site]/chuyen-muc/[section]', [null, `${SITE}/chuyen-muc/dan-van-kheo`]),
	visit('/(portal)/[site]/the/[tag]', [null, `${SITE}/the/Dân vận khéo`]),
	visit('/(portal)/[site]/luu-tru', [null, `${SITE}/luu-tru?year=2024&month=5`]),
	visit('/(portal)/[site]/tim-kiem', [null, `${SITE}/tim-kiem?q=dan+chu`]),
	visit('/(portal)/[site]/tim-kiem', [null, `${SITE}/tim-kiem?q=khong-co-gi`], { name: 'site-tim-kiem-nothing' }),
	visit('/(portal)/[site]/lien-ket', [null, `${SITE}/lien-ket`]),
	visit('/(portal)/[site]/[...address]', [null, `${SITE}/${OLDEST}`]),
	visit('/(portal)/[site]/[...address]', [null, `${SITE}/${OLDEST}?print`], { name: 'site-address-print' }),
	visit('/(portal)/[site]/[...address]', [null, `${SITE}/khong-co-bai-nay`], {
		name: 'site-address-none',
		status: 404
	}),
	visit('/(portal)/[site]/[...address]', [null, `${SITE}/${NEWEST}`], { name: 'site-address-comments' }),
	visit('/(portal)/[site]/binh-luan/[article]', [null, `${SITE}/binh-luan/${NEWEST}`]),
	visit('/(portal)/[site]/mo-hinh', [null, `${SITE}/mo-hinh`]),
	visit('/(portal)/[site]/mo-hinh', [null, `${SITE}/mo-hinh?view=map`], { name: 'site-mo-hinh-map' }),
	visit('/(portal)/[site]/so-lieu', [null, `${SITE}/so-lieu?year=2024`]),
	visit('/(portal)/[site]/so-lieu/[name]', [null, `${SITE}/so-lieu/models.registered?year=2024`])
];

/** Where to look at every page of the demonstration world; some more than once, in another state. */
export function visits({ models, reports, imports, users, newsroom }: Prepared): Visit[] {
	const half = 'from=2024-01-01&asOf=2024-06-15';
	const selection = `id=${models.registered}&id=${models.submitted}`;
	const model = (id: string, noun = '') => `/models/${id}${noun && `/${noun}`}`;
	return [
		visit('/', [null, '/']),
		visit('/sign-in', [null, '/sign-in']),
		visit('/sign-in/second-factor', [null, '/sign-in/second-factor']),
		visit('/password', [null, '/password']),
		visit('/password/[token]', [null, '/password/da-dung'], { status: 410 }),
		visit('/invitation/[token]', [null, '/invitation/da-dung'], { status: 410 }),
		visit('/privacy', [null, '/privacy']),
		visit('/setup/[token]', [null, '/setup/da-dung'], { status: 410 }),
		visit('', [null, '/khong-co-trang-nay'], { name: 'not-found', status: 404 }),

		...PUBLIC_VISITS,

		visit('/(office)/desk', ['officer', `/desk?${half}`]),
		visit('/(office)/desk', ['leader', '/desk'], { name: 'desk-leader' }),
		visit('/(office)/desk', ['base', '/desk'], { name: 'desk-base' }),
		visit('/(office)/desk', ['province', '/desk'], { name: 'desk-province' }),
		visit('/(office)/desk', ['trainee', '/desk?from=2022-01-01&asOf=2022-06-30'], { name: 'desk-empty' }),
		visit('/(office)/figures', ['officer', `/figures?${half}`]),
		visit('/(office)/figures/[name]', ['officer', `/figures/models.registered?unit=YB-DUK&${half}`]),
		visit('/(office)/figures/[name]', ['province', '/figures/models.recognition_rate?unit=KG&asOf=2019-12-31'], {
			name: 'figures-name-rate'
		}),
		visit('/(office)/figures/[name]', ['officer', `/figures/models.units_not_registered?unit=YB-DUK&${half}`], {
			name: 'figures-name-missing'
		}),

		visit('/(office)/models', ['officer', '/models?year=2024']),
		visit('/(office)/models', ['officer', '/models?q=khong-co-mo-hinh-nao'], { name: 'models-none' }),
		visit('/(office)/models/new', ['officer', '/models/new']),
		visit('/(office)/models/score-sheets', ['officer', '/models/score-sheets']),
		visit('/(portal)/[site]/mo-hinh/[id]', [null, `${SITE}/mo-hinh/${models.recognised}`]),
		visit('/(office)/models/[id]', ['officer', model(models.recognised)]),
		visit('/(office)/models/[id]', ['base', model(models.returned)], { name: 'models-id-not-mine', status: 404 }),
		visit('/(office)/models/[id]', ['officer', model(models.returned)], { name: 'models-id-returned' }),
		visit('/(office)/models/[id]/[act]', ['officer', model(models.submitted, 'return')]),
		visit('/(office)/models/[id]/[act]', ['officer', model(models.registered, 'appraisal')], {
			name: 'models-id-appraisal'
		}),
		visit('/(office)/models/[id]/[act]', ['officer', model(models.appraised, 'recognition')], {
			name: 'models-id-recognition'
		}),
		visit('/(office)/models/[id]/[act]', ['officer', model(models.not_recognised, 'revocation')], {
			name: 'models-id-revocation'
		}),
		visit('/(office)/models/[id]/[act]', ['officer', model(models.recognised, 'replication')], {
			name: 'models-id-replication'
		}),
		visit('/(office)/models/[id]/[act]', ['officer', model(models.draft, 'acceptance')], {
			name: 'models-id-hindered'
		}),
		visit('/(office)/models/[id]/edit', ['officer', model(models.draft, 'edit')]),
		visit('/(office)/models/[id]/correction', ['officer', model(models.registered, 'correction')]),
		visit('/(office)/models/[id]/attachments', ['officer', model(models.registered, 'attachments')]),
		visit('/(office)/models/bulk/[act]', ['officer', `/models/bulk/withdrawal?${selection}`]),
		visit('/(office)/models/bulk/[act]', ['officer', `/models/bulk/acceptance?${selection}`], {
			name: 'models-bulk-hindered'
		}),
		visit('/(office)/models/import', ['trainee', '/models/import']),
		visit('/(office)/models/import/[id]', ['trainee', `/models/import/${imports.ready}`]),
		visit('/(office)/models/import/[id]', ['trainee', `/models/import/${imports.refused}`], {
			name: 'models-import-id-refused'
		}),

		visit('/(office)/reports', ['province', '/reports']),
		visit('/(office)/reports', ['base', '/reports'], { name: 'reports-base' }),
		visit('/(office)/reports/new', ['province', '/reports/new']),
		visit('/(office)/reports/[id]', ['province', `/reports/${reports.signed}`]),
		visit('/(office)/reports/[id]', ['province', `/reports/${reports.draft}`], { name: 'reports-id-draft' }),
		visit('/(office)/reports/[id]/edit', ['province', `/reports/${reports.draft}/edit`]),
		visit('/(office)/reports/[id]/submission', ['province', `/reports/${reports.draft}/submission`]),
		visit('/(office)/reports/[id]/return', ['province', `/reports/${reports.submitted}/return`]),
		visit('/(office)/reports/[id]/approval', ['province', `/reports/${reports.submitted}/approval`]),
		visit('/(office)/reports/[id]/signature', ['province', `/reports/${reports.approved}/signature`]),
		visit('/(office)/reports/[id]/erratum', ['province', `/reports/${reports.signed}/erratum`]),
		visit('/(office)/reports/calendar', ['province', '/reports/calendar']),
		visit('/(office)/reports/narratives', ['base', '/reports/narratives']),
		visit('/(office)/reports/narratives', ['officer', '/reports/narratives'], { name: 'reports-narratives-gather' }),
		visit('/(office)/reports/templates', ['province', '/reports/templates']),
		visit('/(office)/reports/templates/[code]/edit', ['province', '/reports/templates/half-year/edit']),
		visit('/(office)/verify', ['province', '/verify']),

		visit('/(office)/sealed', ['petitions', '/sealed']),
		visit('/(office)/sealed', ['administrator', '/sealed'], { name: 'sealed-administrator', status: 403 }),
		visit('/(office)/search', ['officer', '/search?q=nuoi']),
		visit('/(office)/search', ['officer', '/search'], { name: 'search-empty' }),
		visit('/(office)/search', ['officer', '/search?q=khong-co-gi-nhu-the'], { name: 'search-nothing' }),
		visit('/(office)/map', ['province', '/map?figure=models.registered&from=2019-01-01&asOf=2019-12-31']),
		visit('/(office)/map', ['province', '/map?from=2019-01-01&asOf=2019-12-31&structure=now'], { name: 'map-now' }),
		visit('/(office)/map', ['province', '/map?from=2019-01-01&asOf=2019-12-31&structure=now&in=91'], {
			name: 'map-communes'
		}),
		visit('/(office)/map', ['officer', '/map'], { name: 'map-none' }),
		visit('/(office)/places', ['officer', '/places']),
		visit('/(office)/places', ['officer', '/places?on=30/6/2025&in=431862f3-88a9-5c21-8aa3-46edd5f4fb9c'], {
			name: 'places-before'
		}),
		visit('/(office)/places', ['base', '/places?q=ho+bon'], { name: 'places-search' }),
		visit('/(office)/places/[id]', ['officer', '/places/a4c3d5ed-599d-5af2-9140-6e5a87496ce3']),
		visit('/(office)/places/[id]', ['officer', '/places/431862f3-88a9-5c21-8aa3-46edd5f4fb9c'], {
			name: 'places-id-ended'
		}),
		visit('/(office)/units', ['officer', '/units']),
		visit('/(office)/units', ['stranger', '/units'], { name: 'units-stranger', status: 403 }),
		visit('/(office)/units/[code]', ['officer', '/units/YB-DUK-14']),
		visit('/(office)/units/[code]/compare', ['officer', '/units/YB-DUK/compare']),
		visit('/(office)/units/events', ['administrator', '/units/events']),
		visit('/(office)/units/events', ['officer', '/units/events?unit=YB-DUK-14'], { name: 'units-events-of' }),
		visit('/(office)/units/events/new', ['administrator', '/units/events/new?kind=merge&unit=YB-DUK-14']),
		visit('/(office)/units/events/new', ['administrator', '/units/events/new'], { name: 'units-events-choose' }),
		visit('/(office)/units/events/new', ['administrator', '/units/events/new?kind=split&unit=YB-DUK-14'], {
			name: 'units-events-split'
		}),
		visit('/(office)/units/events/new', ['officer', '/units/events/new'], {
			name: 'units-events-officer',
			status: 403
		}),
		visit('/(office)/units/reorganise', ['administrator', '/units/reorganise']),
		visit(
			'/(office)/units/reorganise/[id]',
			['administrator', '/units/reorganise/0190a3a4-0000-7000-8000-000000000000'],
			{
				status: 404
			}
		),
		visit('/(office)/units/undivided', ['officer', '/units/undivided']),
		visit('/(office)/units/import', ['administrator', '/units/import']),
		visit('/(office)/account/delegation', ['leader', '/account/delegation']),
		visit('/(office)/account', ['officer', '/account']),
		visit('/(office)/account/password', ['officer', '/account/password']),
		visit('/(office)/account/second-factor', ['leader', '/account/second-factor']),
		visit('/(office)/newsroom', ['newsroom', '/newsroom']),
		visit('/(office)/newsroom', ['trainee', '/newsroom'], { name: 'newsroom-empty' }),
		visit('/(office)/newsroom/new', ['newsroom', '/newsroom/new']),
		visit('/(office)/newsroom/[id]', ['newsroom', `/newsroom/${newsroom.published}`]),
		visit('/(office)/newsroom/[id]/edit', ['newsroom', `/newsroom/${newsroom.draft}/edit`]),
		visit('/(office)/newsroom/[id]/[act]', ['newsroom', `/newsroom/${newsroom.draft}/publication`]),
		visit('/(office)/newsroom/[id]/[act]', ['newsroom', `/newsroom/${newsroom.published}/withdrawal`], {
			name: 'newsroom-id-withdrawal'
		}),
		visit('/(office)/newsroom/[id]/versions', ['newsroom', `/newsroom/${newsroom.published}/versions`]),
		visit('/(office)/newsroom/[id]/models', ['newsroom', `/newsroom/${newsroom.published}/models`]),
		visit('/(office)/newsroom/[id]/placements', ['newsroom', `/newsroom/${newsroom.published}/placements`]),
		visit('/(office)/newsroom/pictures/[id]', ['newsroom', `/newsroom/pictures/${newsroom.picture}`]),
		visit('/(office)/newsroom/comments', ['newsroom', '/newsroom/comments']),
		visit('/(office)/newsroom/comments', ['newsroom', '/newsroom/comments?view=shown'], {
			name: 'newsroom-comments-shown'
		}),
		visit('/(office)/newsroom/comments/[id]', ['newsroom', `/newsroom/comments/${newsroom.waiting}`]),
		visit('/(office)/newsroom/comments/[id]', ['newsroom', `/newsroom/comments/${newsroom.shown}`], {
			name: 'newsroom-comments-id-shown'
		}),
		visit('/(portal)/[site]/binh-luan/[article]/[comment]', [null, `${SITE}/binh-luan/${NEWEST}/${newsroom.shown}`]),
		visit('/(portal)/[site]/binh-luan/[article]/[comment]/rut/[secret]', [null, newsroom.ownComment]),
		visit('/(office)/newsroom/sites', ['newsroom', '/newsroom/sites']),
		visit('/(office)/newsroom/sites/[id]', ['newsroom', `/newsroom/sites/${newsroom.site}`]),
		visit('/preview/[secret]', [null, '/preview/het-han'], { status: 410 }),
		visit('/(office)/account/tokens', ['officer', '/account/tokens']),
		visit('/(admin)/accounts/tokens', ['administrator', '/accounts/tokens']),
		visit('/api/v1', [null, '/api/v1']),
		visit('/(office)/account/data', ['officer', '/account/data']),
		visit('/(admin)/accounts/requests', ['administrator', '/accounts/requests']),
		visit('/(admin)/accounts/requests', ['officer', '/accounts/requests'], {
			name: 'accounts-requests-officer',
			status: 403
		}),
		visit('/(admin)/audit', ['auditor', '/audit']),
		visit('/(admin)/audit', ['administrator', '/audit?noun=account&unit=YB-DUK'], { name: 'audit-narrowed' }),
		visit('/(admin)/audit', ['officer', '/audit'], { name: 'audit-officer', status: 403 }),
		visit('/(admin)/accounts', ['administrator', '/accounts']),
		visit('/(admin)/accounts/invitations', ['administrator', '/accounts/invitations']),
		visit('/(admin)/accounts/mail', ['administrator', '/accounts/mail']),
		visit('/(admin)/accounts/[user]/access', ['administrator', `/accounts/${users.leader}/access`]),
		visit('/(admin)/accounts/roles', ['officer', '/accounts/roles']),
		visit('/(admin)/accounts/[user]', ['administrator', `/accounts/${users.leader}`])
	];
}

function visit(
	route: string,
	[as, path]: readonly [Person | null, string],
	special: { name?: string; status?: number } = {}
): Visit {
	const name =
		route
			.replace(/\((office|admin|portal)\)\//, '')
			.replace(/[[\]]/g, '')
			.replaceAll('/', '-')
			.slice(1) || 'first';
	return { route, as, path, name, status: 200, ...special };
}
