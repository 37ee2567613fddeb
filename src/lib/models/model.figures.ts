import type { Cohort, Figure, Flow, Partition } from '#lib/figures/figure.ts';

const FACETS = ['year', 'level', 'kind', 'field', 'subject', 'novelty'] as const;
const common = {
	facets: FACETS,
	law: 'Hướng dẫn phong trào thi đua “Dân vận khéo”; Quy định về báo cáo sơ kết 6 tháng',
	from: '2009-01-01'
};

/** The report's usual breakdown mixes level and novelty: bloc-level models are taken out of both others. */
const standing: Partition = {
	name: 'standing',
	parts: [
		{ name: 'bloc', where: { level: ['bloc'] } },
		{ name: 'continuing', where: { level: ['base', 'district', 'province'], novelty: ['continuing'] } },
		{ name: 'new', where: { level: ['base', 'district', 'province'], novelty: ['new'] } }
	]
};

const registered: Flow = {
	...common,
	name: 'models.registered',
	unitOfMeasure: 'registration',
	kind: 'flow',
	measure: 'model.registered',
	partitions: [
		standing,
		{
			name: 'novelty',
			parts: [
				{ name: 'new', where: { novelty: ['new'] } },
				{ name: 'continuing', where: { novelty: ['continuing'] } }
			]
		},
		{
			name: 'subject',
			parts: [
				{ name: 'collective', where: { subject: ['collective'] } },
				{ name: 'individual', where: { subject: ['individual'] } }
			]
		}
	]
};

function cohort(name: string, measure: string): Cohort {
	return { ...common, name, unitOfMeasure: 'registration', kind: 'cohort', measure };
}

const recognised = cohort('models.recognised', 'model.recognised');

/** The figures of models. */
export const MODEL_FIGURES: readonly Figure[] = [
	registered,
	{ ...registered, name: 'models.new', where: { novelty: ['new'] }, partitions: [] },
	{ ...registered, name: 'models.continuing', where: { novelty: ['continuing'] }, partitions: [] },
	recognised,
	cohort('models.not_recognised', 'model.not_recognised'),
	{
		...common,
		name: 'models.recognition_rate',
		unitOfMeasure: 'percent',
		kind: 'ratio',
		numerator: recognised,
		denominator: registered
	},
	{ ...common, name: 'models.returned', unitOfMeasure: 'registration', kind: 'flow', measure: 'model.returned' },
	cohort('models.typical', 'model.typical'),
	cohort('models.proposed', 'model.proposed'),
	cohort('models.rewarded', 'model.rewarded'),
	{ ...common, name: 'models.replicated', unitOfMeasure: 'registration', kind: 'flow', measure: 'model.replicated' },
	{
		...common,
		name: 'models.registered_change',
		unitOfMeasure: 'difference',
		kind: 'change',
		base: registered,
		relative: false
	},
	{
		...common,
		name: 'models.registered_change_rate',
		unitOfMeasure: 'percent_change',
		kind: 'change',
		base: registered,
		relative: true
	},
	{ ...common, name: 'models.units_registered', unitOfMeasure: 'unit', kind: 'units_with', base: registered },
	{ ...common, name: 'models.units_not_registered', unitOfMeasure: 'unit', kind: 'units_without', base: registered }
];
