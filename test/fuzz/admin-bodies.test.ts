import { expect, it } from "vitest";
import { createFakeWorld } from "../admin/fake-world.ts";
import { runAdminFuzz } from "./run-admin-fuzz.ts";

/** As in inference-bodies.test.ts; a quarter as many. */
const BODIES = Math.ceil(Number(process.env["FUZZ_BODIES"] ?? 9_000) / 4);
const SEED = Number(process.env["FUZZ_SEED"] ?? 20_261_126);

it(
	`${BODIES} bodies to the admin API, by seed ${SEED}, are taken or refused by name, and break nothing`,
	async () => {
		const world = await createFakeWorld();
		const { problems, statuses } = await runAdminFuzz(world, SEED, BODIES);
		console.log(`seed ${SEED}, ${BODIES} bodies: ${JSON.stringify(statuses)}`);
		expect(world.faults.slice(0, 5)).toEqual([]);
		expect(problems).toEqual([]);
	},
	Math.max(60_000, BODIES * 20),
);
