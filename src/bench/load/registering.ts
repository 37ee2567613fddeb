import { communeName } from '../world/names.ts';
import type { Caller, Chain } from './asked.ts';

const NO_BODY = '{}';
const FIELDS = ['economy', 'culture_society', 'defence_security', 'political_system'];

/** A commune registers a model of the year, hands it up and has it accepted. */
export function registering({ unit, token, address }: Caller, n: number): Chain {
	const key = (what: string) => `${unit}:${what}`;
	const body = JSON.stringify({
		unit,
		year: new Date().getFullYear(),
		level: 'base',
		field: FIELDS[n % FIELDS.length],
		subject: 'collective',
		novelty: 'new',
		name: `Vận động nhân dân ${communeName(n)} hiến đất mở rộng đường liên thôn`,
		place: communeName(n),
		contents: {
			objectives: 'Mỗi thôn có đường bê tông rộng từ 3 m; không hộ nào phải chờ đến năm sau.',
			approach: 'Họp từng thôn, công khai dự toán, mỗi chi bộ nhận một đoạn; hộ hiến đất được ghi tên tại nhà văn hoá.'
		}
	});
	return {
		token,
		address,
		steps: [
			{ key: key('draft'), path: '/api/v1/models', body },
			{ key: key('submission'), path: '/api/v1/models/{id}/submission', body: NO_BODY },
			{ key: key('acceptance'), path: '/api/v1/models/{id}/acceptance', body: NO_BODY }
		]
	};
}
