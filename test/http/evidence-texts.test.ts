import { describe, expect, it } from "vitest";
import { CERTAIN, guaranteed, HEADS, lease } from "../cascade/fake-evidence.ts";
import { answering, sure } from "../cascade/fakes.ts";
import { evidenceWorld, type WorldOptions } from "./evidence-world.ts";

const SECRETS = ["secret question", "edge secret", "origin secret"] as const;
const BODY = { messages: [{ role: "user", content: SECRETS[0] }] };

/** One that audits every answer, whose three texts are told apart. */
const texts = (retainText: { hours: number } | undefined, options: WorldOptions = {}) =>
	evidenceWorld({
		cascade: guaranteed({ retainText }),
		edge: sure(0.9, SECRETS[1]),
		origin: answering(SECRETS[2]),
		ledger: async () => lease({ auditPropensity: CERTAIN }),
		kv: async () => JSON.stringify(lease({ auditPropensity: CERTAIN })),
		coin: HEADS,
		...options,
	});

describe("a cascade that keeps texts", () => {
	it("gives its ledger what was compared, after the answer, and nobody else", async () => {
		const world = await texts({ hours: 24 });
		const { status, text } = await world.ask(BODY);
		expect([status, world.texts]).toEqual([200, []]);
		expect(text).toContain(SECRETS[1]);
		await world.afterAnswer();
		expect(world.texts).toMatchObject([
			{
				served: "accepted",
				verdict: "wrong",
				policyRevision: 7,
				text: { messages: [{ role: "user", content: SECRETS[0] }], edge: SECRETS[1], reference: SECRETS[2] },
			},
		]);
		expect(world.texts[0]?.expiresAt).toBe((world.texts[0]?.at ?? 0) + 24 * 3_600_000);
		expectNoSecret(world);
	});

	it("gives it of the answers that are escalated too", async () => {
		const audition = lease({ state: "audition", threshold: null });
		const world = await texts({ hours: 1 }, { ledger: async () => audition, kv: async () => JSON.stringify(audition) });
		await world.ask(BODY);
		await world.afterAnswer();
		expect(world.texts).toMatchObject([{ served: "escalated", text: { edge: SECRETS[1], reference: SECRETS[2] } }]);
		expectNoSecret(world);
	});

	it("gives one in ten seconds, chosen before its verdict, however many are labelled", async () => {
		const world = await texts({ hours: 24 });
		for (let request = 0; request < 3; request++) {
			await world.ask(BODY);
			await world.afterAnswer();
		}
		expect([world.texts.length, world.verdicts().length]).toEqual([1, 3]);
	});

	it("answers the same where the ledger does not take it, and says no word of it in the log", async () => {
		const works = await (await texts({ hours: 24 })).ask(BODY);
		const world = await texts({ hours: 24 }, { keep: () => Promise.reject(new Error(SECRETS[1])) });
		expect((await world.ask(BODY)).seen).toEqual(works.seen);
		await world.afterAnswer();
		expect(world.faults).toEqual(["audited-text-not-given"]);
		expect(world.verdicts()).toHaveLength(1);
	});
});

describe("a cascade that keeps no text", () => {
	it("lets no byte of one leave: not to a ledger, the queue or the log", async () => {
		const world = await texts(undefined);
		await world.ask(BODY);
		await world.afterAnswer();
		// It was labelled all the same.
		expect(world.verdicts()).toMatchObject([{ wrong: true }]);
		expect(world.texts).toEqual([]);
		expectNoSecret(world);
	});
});

function expectNoSecret({ sent, faults }: Awaited<ReturnType<typeof evidenceWorld>>): void {
	const said = JSON.stringify([sent, faults]);
	for (const secret of SECRETS) expect(said).not.toContain(secret);
}
