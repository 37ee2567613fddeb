import type { Actor } from '#lib/accounts/actor.ts';
import type { Session } from '#lib/accounts/session.server.ts';
import type { Site } from '#lib/accounts/site.server.ts';
import type { Frame } from '#lib/newsroom/frame.server.ts';
import type { Kysely } from 'kysely';
import type { DB } from '../db/types.ts';

declare global {
	/** Browsers without Trusted Types have none; what a policy makes is taken where markup is. */
	var trustedTypes:
		| {
				createPolicy: <
					Rules extends {
						createHTML?: (text: string) => string;
						createScriptURL?: (address: string) => string | null;
					}
				>(
					name: string,
					rules: Rules
				) => Rules;
		  }
		| undefined;
	namespace App {
		interface Error {
			/** What the log calls this error; shown to the user. */
			id?: string;
			/** Of a public text that is no more to be read: what its readers are told. */
			withdrawn?: { note: string; day: string };
		}
		interface PageData {
			/** Of the site, on its public pages. */
			frame?: Frame;
		}
		interface Locals {
			/** The id of this request, in the log and in the answer's `request-id`. */
			request: string;
			db: Kysely<DB>;
			site: Site;
			session: Session | null;
			/** Changes whenever public pages do; undefined while nobody hears of that. */
			fresh?: string | undefined;
			/** Absent for visitors; pages inside take it through `signedIn(locals)`. */
			actor?: Actor;
		}
		interface PageState {
			/** The page opened over this one (src/lib/ui/drawer.ts) and the `panel` of its load. */
			drawer?: { href: string; panel: unknown };
		}
	}
}
export {};
