import { ask, type AdminWorld } from "../admin/admin-world.ts";
import { adminEndpoints, precondition, type AdminNames } from "./admin-endpoints.ts";
import { blameProblems, commonProblems, type FuzzAnswer } from "./check-answer.ts";
import { fuzzCase } from "./fuzz-case.ts";
import type { FuzzReport } from "./fuzz-report.ts";
import { fuzzedPolicy } from "./fuzzed-policy.ts";
import { prototypeNames } from "./prototypes.ts";
import { randomSource } from "./random-source.ts";

/** Refusals of an admin API; what it answers 500 or 503 to has no cause here. */
const ALLOWED = [200, 201, 400, 403, 404, 409, 412, 413, 422, 428, 429];
const AT_ONCE = 16;
/** A refusal names each of its first 50 problems twice, in words and as a list. */
const MOST_REFUSAL_CHARACTERS = 60_000;

/** Sends so many bodies to every admin operation that takes one, as the operator and as each tenant's own administrator. */
export async function runAdminFuzz(world: AdminWorld, seed: number, bodies: number): Promise<FuzzReport> {
	const random = randomSource(seed);
	const sides = [await makeTenant(world, `left-${seed}`), await makeTenant(world, `right-${seed}`)] as const;
	const report: FuzzReport = { bodies, statuses: {}, problems: [] };
	const before = prototypeNames();
	for (let marker = 1; marker <= bodies && report.problems.length < 20;) {
		const revisions = await Promise.all(
			sides.map(async ({ tenant }) => (await ask(world, "GET", `/tenants/${tenant}/policy`)).headers.get("etag") ?? ""),
		);
		const batch = Array.from({ length: Math.min(AT_ONCE, bodies - marker + 1) }, () => marker++);
		await Promise.all(
			batch.map(async (index) => {
				const side = random.whole(0, 1);
				const own = sides[side] as (typeof sides)[number];
				const endpoints = adminEndpoints(own);
				const endpoint = endpoints[index % endpoints.length] as (typeof endpoints)[number];
				const fuzzed = fuzzCase(endpoint, random);
				const key = random.chance(0.5) ? world.operatorKey : own.adminKey;
				const headers = {
					...fuzzed.headers,
					...precondition(random, revisions[side] ?? ""),
					authorization: `Bearer ${key}`,
				};
				const complain = (problem: string) =>
					report.problems.push(
						`${endpoint.method} ${endpoint.path} #${index}: ${problem}; ${JSON.stringify(fuzzed.mutations)}; ${new TextDecoder().decode(fuzzed.bytes).slice(0, 200)}`,
					);
				try {
					const response = await world.fetch(
						new Request(`https://edge.example${endpoint.path}`, {
							method: endpoint.method,
							headers,
							body: fuzzed.bytes as Uint8Array<ArrayBuffer>,
						}),
					);
					const text = await response.text();
					const place = `${endpoint.method} ${endpoint.path.replace(own.tenant, "{tenant}")}`;
					const counts = (report.statuses[place] ??= {});
					counts[response.status] = (counts[response.status] ?? 0) + 1;
					const answer: FuzzAnswer = {
						fuzzed,
						status: response.status,
						headers: response.headers,
						text,
						marker: index,
						secret: own.secret,
						otherSecrets: sides.filter((side) => side !== own).map(({ secret }) => secret),
					};
					for (const problem of [...commonProblems(answer, ALLOWED, MOST_REFUSAL_CHARACTERS), ...blameProblems(answer)])
						complain(`${problem}; ${text.slice(0, 300)}`);
				} catch (error) {
					complain(`thrown: ${String(error)}`);
				}
			}),
		);
		if (prototypeNames() !== before) report.problems.push(`batch of ${marker}: a prototype was changed`);
	}
	return report;
}

interface Side extends AdminNames {
	readonly adminKey: string;
}

async function makeTenant(world: AdminWorld, tenant: string): Promise<Side> {
	const secret = `s${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
	const origin = `${tenant}.gpu`;
	const made = async (method: string, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
		const reply = await ask(world, method, path, { body, headers });
		if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
		return reply.body as { id: string; key: string };
	};
	await made("PUT", `/origins/${origin}`, { baseUrl: `https://${secret}.example.com/v1` });
	await made("POST", "/tenants", { tenant, name: `Name ${secret}` });
	await made("PUT", `/tenants/${tenant}/policy?reason=${secret}`, fuzzedPolicy(secret, origin), {
		"if-none-match": "*",
	});
	const { id: keyId } = await made("POST", `/tenants/${tenant}/keys`, { name: secret, scopes: ["inference"] });
	const { key: adminKey } = await made("POST", `/tenants/${tenant}/keys`, { name: secret, scopes: ["admin"] });
	return { tenant, keyId, origin, secret, adminKey };
}
