import {
	blameProblems,
	commonProblems,
	MOST_ERROR_CHARACTERS,
	ownershipProblems,
	type FuzzAnswer,
} from "./check-answer.ts";
import { INFERENCE_ENDPOINTS } from "./endpoints.ts";
import { readBody } from "./far-side.ts";
import { fuzzCase, type FuzzCase } from "./fuzz-case.ts";
import type { FuzzReport } from "./fuzz-report.ts";
import type { InferenceWorld } from "./inference-world.ts";
import { prototypeNames } from "./prototypes.ts";
import { randomSource } from "./random-source.ts";

/** Answers to a body of any kind; the far side never fails, so no status above 500 has a cause. */
const ALLOWED = [200, 400, 403, 404, 413];
const AT_ONCE = 32;
const MOST_PROBLEMS = 20;

/** Sends so many bodies, two tenants' side by side, and checks every answer. */
export async function runFuzz(world: InferenceWorld, seed: number, bodies: number): Promise<FuzzReport> {
	const random = randomSource(seed);
	const report: FuzzReport = { bodies, statuses: {}, problems: [] };
	const before = prototypeNames();
	for (let marker = 1; marker <= bodies;) {
		const batch = Array.from({ length: Math.min(AT_ONCE, bodies - marker + 1) }, () => marker++);
		const cases = batch.map((index) => ({
			index,
			fuzzed: fuzzCase(INFERENCE_ENDPOINTS[index % INFERENCE_ENDPOINTS.length] as FuzzCase["endpoint"], random),
			// Not by turns, which would give each endpoint to one tenant.
			tenant: world.tenants[random.whole(0, 1)] as (typeof world.tenants)[number],
		}));
		await Promise.all(cases.map((each) => sendOne(world, each, report)));
		const after = prototypeNames();
		if (after !== before) report.problems.push(`batch of ${marker}: a prototype was changed: ${after}`);
		if (report.problems.length >= MOST_PROBLEMS) break;
	}
	return report;
}

async function sendOne(
	world: InferenceWorld,
	{ index, fuzzed, tenant }: { index: number; fuzzed: FuzzCase; tenant: InferenceWorld["tenants"][number] },
	report: FuzzReport,
): Promise<void> {
	const { endpoint, bytes, headers, mutations } = fuzzed;
	const complain = (problem: string) =>
		report.problems.push(
			`${endpoint.path} #${index}: ${problem}; ${JSON.stringify(mutations)}; ${new TextDecoder().decode(bytes).slice(0, 200)}`,
		);
	try {
		const asking = { tenant: tenant.id, marker: index, body: readBody(bytes) };
		const { response, text } = await world.farSide.asking.run(asking, async () => {
			const answered = await world.fetch(
				new Request(`https://edge.example${endpoint.path}`, {
					method: endpoint.method,
					headers: { authorization: `Bearer ${tenant.key}`, "content-type": "application/json", ...headers },
					body: bytes as Uint8Array<ArrayBuffer>,
				}),
			);
			return { response: answered, text: await answered.text() };
		});
		const counts = (report.statuses[endpoint.path] ??= {});
		counts[response.status] = (counts[response.status] ?? 0) + 1;
		const answer: FuzzAnswer = {
			fuzzed,
			status: response.status,
			headers: response.headers,
			text,
			marker: index,
			secret: tenant.secret,
			otherSecrets: world.tenants.filter(({ id }) => id !== tenant.id).map(({ secret }) => secret),
		};
		const problems = [
			...commonProblems(answer, ALLOWED, MOST_ERROR_CHARACTERS),
			...blameProblems(answer),
			...ownershipProblems(answer),
		];
		for (const problem of problems) complain(`${problem}; ${text.slice(0, 200)}`);
	} catch (error) {
		complain(`thrown: ${String(error)} ${error instanceof Error ? (error.stack ?? "").slice(0, 400) : ""}`);
	}
}
