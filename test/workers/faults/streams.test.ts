import { describe, expect, it } from "vitest";
import { FakeClock } from "../../cascade/fakes.ts";
import { readEvents } from "../../support/read-events.ts";
import { publishTenant, type TestTenant } from "../tenant.ts";
import { expectAnswer, expectBrokenStream, faultWorld, REQUEST_TIMERS } from "./fault-world.ts";

/** A stage that is asked for its stream alone, as an origin and as Workers AI. */
const UPSTREAMS = [
	["an origin", (model: string) => ({ origin: { model } }), "origin", (tenant: TestTenant) => tenant.originLeft()],
	[
		"Workers AI",
		(model: string) => ({ edge: { model: `@fake/${model}` } }),
		"edge",
		(tenant: TestTenant) => tenant.workersAiLeft(),
	],
] as const;

describe.each(UPSTREAMS)("a stream of %s", (_who, changesOf, route, hasLeft) => {
	const ask = async (model: string, clock?: FakeClock) => {
		const world = faultWorld(clock === undefined ? {} : { clock });
		const tenant = await publishTenant({
			...changesOf(model),
			onOriginFailure: "serve-edge-answer",
			timeoutMs: 55_000,
		});
		return { ...world, tenant, response: await world.ask(tenant, { stream: true, route }) };
	};

	it.each([
		["F61", "is reset", "stream-reset", "half", "upstream_broken_off", "broken-off"],
		["F62", "is reset within an event", "stream-cut-in-event", "half", "upstream_broken_off", "broken-off"],
		[
			"F63",
			"is reset between its finish reason and its end marker",
			"stream-reset-when-finished",
			"spam",
			"upstream_broken_off",
			"broken-off",
		],
		["F64", "has no finish reason", "stream-without-finish-reason", "spam", "upstream_invalid", "invalid-answer"],
		["F65", "holds an error event", "stream-error-late", "spam", "upstream_error", "upstream-error"],
		["F66", "holds an event that is not JSON", "stream-not-json", "spam", "upstream_invalid", "invalid-answer"],
		["F66", "holds a number that JSON does not have", "stream-nan", "spam", "upstream_invalid", "invalid-answer"],
	])(
		"%s: that %s ends with one error event, and with no second answer",
		async (_row, _what, model, content, code, failure) => {
			const { response, observations, tenant } = await ask(model);
			await expectBrokenStream(response, { content, code });
			expect(observations).toMatchObject([{ outcome: "failed", stage: route, failure, costUsd: null }]);
			expect((await tenant.workersAiCalls()).length + (await tenant.originCalls()).length).toBe(1);
		},
	);

	it.each([
		["F65", "an error event", "stream-error-late"],
		["F66", "an event that is not JSON", "stream-not-json"],
		["F67", "a giant event", "stream-giant-event"],
		["F71", "its end marker", "stream-goes-on-after-done"],
	])("%s: whose upstream would go on after %s is over for it too", async (_row, _what, model) => {
		const { response, tenant } = await ask(model);
		await response.text();
		expect(await hasLeft(tenant)).toBe(true);
	});

	it("F67: whose event is giant ends with one error event", async () => {
		const { response, observations } = await ask("stream-giant-event");
		const isOrigin = route === "origin";
		await expectBrokenStream(response, {
			content: "spam",
			code: isOrigin ? "upstream_too_large" : "upstream_broken_off",
		});
		expect(observations).toMatchObject([{ outcome: "failed", failure: isOrigin ? "too-large" : "broken-off" }]);
	});

	it("F68: that falls silent is left after 30 s, and not before", async () => {
		const clock = new FakeClock();
		const { response, observations, tenant } = await ask("stream-silent", clock);
		const reading = response.text();
		await expect.poll(() => clock.running).toBeGreaterThan(0);
		await clock.advance(29_999);
		expect(observations).toEqual([]);
		await clock.advance(1);
		await expectBrokenStream(new Response(await reading), { content: "half", code: "upstream_timeout" });
		expect(observations).toMatchObject([{ outcome: "failed", failure: "timeout", costUsd: null, durationMs: 30_000 }]);
		expect(await hasLeft(tenant)).toBe(true);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});

	it("F69: that never ends is ended after 15 minutes", async () => {
		const clock = new FakeClock();
		const { response, observations, tenant } = await ask("endless", clock);
		const reader = (response.body as ReadableStream<Uint8Array>).getReader();
		const decoder = new TextDecoder();
		let text = "";
		// What the client reads may have been held for a moment, so two such steps may pass in one read of the upstream.
		for (let seconds = 0; ; seconds += 14) {
			const { done, value } = await reader.read();
			if (done) break;
			text += decoder.decode(value, { stream: true });
			expect(seconds).toBeLessThan(1_000);
			await clock.advance(14_000);
		}
		expect(text).toContain("word ");
		expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
		expect(text.match(/"upstream_timeout"/gu)).toHaveLength(1);
		expect(observations).toMatchObject([{ outcome: "failed", failure: "timeout" }]);
		expect(observations[0]?.durationMs).toBeGreaterThanOrEqual(900_000);
		expect(observations[0]?.durationMs).toBeLessThan(960_000);
		expect(await hasLeft(tenant)).toBe(true);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});

	it.each([
		["F70", "has no end marker", "stream-without-done"],
		["F71", "has its end marker twice", "stream-done-twice"],
		["F71", "goes on after its end marker", "stream-goes-on-after-done"],
		["F72", "has two finish reasons", "stream-two-finish-reasons"],
		["F73", "has no usage", "usage-missing"],
		["F73", "has an absurd usage", "usage-absurd"],
	])("%s: that %s is one whole answer with one finish and one end, of unknown cost", async (_row, _what, model) => {
		const { response, observations } = await ask(model);
		const text = await response.text();
		expect(text.match(/data: \[DONE\]/gu)).toHaveLength(1);
		await expectAnswer(new Response(text, response), true, { stage: route, reason: "forced", content: "spam" });
		expect(text).not.toContain("never shown");
		expect(observations).toMatchObject([{ outcome: "answered", stage: route, costUsd: null }]);
	});

	it("F74: that drips in pieces of characters and events is whole", async () => {
		const { response } = await ask("drip-to-the-end");
		await expectAnswer(response, true, { stage: route, reason: "forced", content: "naïve 日本 👍" });
	});

	it("F75: that holds a letter of another encoding loses that letter alone", async () => {
		const { response } = await ask("latin-1");
		await expectAnswer(response, true, { stage: route, reason: "forced", content: "na\uFFFDve" });
	});

	it("F76: that has not begun after 10 s is pending, with comments until its deadline, and then one error event", async () => {
		const clock = new FakeClock();
		const world = faultWorld({ clock });
		const tenant = await publishTenant({ ...changesOf("silent-before-headers"), timeoutMs: 55_000 });
		const asking = world.ask(tenant, { stream: true, route });
		await expect
			.poll(async () => [...(await tenant.workersAiCalls()), ...(await tenant.originCalls())])
			.toHaveLength(1);
		await clock.advance(10_000);
		const response = await asking;
		expect(response.headers.get("x-cascade-stage")).toBe("pending");
		const reading = response.text();
		for (let seconds = 10; seconds < 55; seconds += 5) await clock.advance(5_000);
		const text = await reading;
		await expectBrokenStream(new Response(text), { content: "", code: "upstream_timeout" });
		expect((await readEvents(new Response(text))).comments).toBe(5);
		expect(world.observations).toMatchObject([{ outcome: "failed", failure: "timeout", durationMs: 55_000 }]);
		expect(await hasLeft(tenant)).toBe(true);
		expect(clock.running).toBeLessThanOrEqual(REQUEST_TIMERS);
	});
});
