import { describe, expect, it } from "vitest";
import { startDeadline } from "../../src/cascade/deadline.ts";
import { FakeClock, settleAll } from "./fakes.ts";

function begin(ms = 1_000) {
	const clock = new FakeClock();
	const client = new AbortController();
	return { clock, client, deadline: startDeadline(clock, ms, client.signal) };
}

describe("a deadline", () => {
	it("aborts when the time is up, and not a moment before", async () => {
		const { clock, deadline } = begin();
		await clock.advance(999);
		expect(deadline.signal.aborted).toBe(false);
		await clock.advance(1);
		expect(deadline.signal.aborted).toBe(true);
		expect(deadline.expired()).toBe(true);
	});

	it("aborts when the client leaves, which is not the time being up", () => {
		const { client, deadline } = begin();
		client.abort();
		expect(deadline.signal.aborted).toBe(true);
		expect(deadline.expired()).toBe(false);
	});

	it("is over at once where the client has left already", () => {
		const deadline = startDeadline(new FakeClock(), 1_000, AbortSignal.abort());
		expect(deadline.signal.aborted).toBe(true);
		expect(deadline.expired()).toBe(false);
	});

	it("does not reach back to the client's own signal", async () => {
		const { clock, client, deadline } = begin();
		deadline.abort();
		await clock.advance(2_000);
		expect(client.signal.aborted).toBe(false);
	});

	it("never passes once it is cleared, though the client may still leave", async () => {
		const { clock, client, deadline } = begin();
		deadline.clear();
		await clock.advance(10_000);
		expect(deadline.signal.aborted).toBe(false);
		client.abort();
		expect(deadline.signal.aborted).toBe(true);
	});

	it("leaves no timer behind when it is ended or cleared", () => {
		for (const end of ["abort", "clear"] as const) {
			const { clock, deadline } = begin();
			expect(clock.running).toBe(1);
			deadline[end]();
			expect(clock.running).toBe(0);
		}
	});

	it("that was ended has not expired", async () => {
		const { clock, deadline } = begin();
		deadline.abort();
		await clock.advance(10_000);
		expect(deadline.expired()).toBe(false);
	});
});

describe("work that races a deadline", () => {
	it("wins where it is done in time, whatever happens after", async () => {
		const { clock, deadline } = begin();
		const raced = deadline.race(clock.sleep(999).then(() => "done"));
		await clock.advance(5_000);
		expect(await raced).toBe("done");
	});

	it("loses where it ignores the signal", async () => {
		const { clock, deadline } = begin();
		const raced = deadline.race(new Promise(() => {}));
		await clock.advance(1_000);
		expect(await raced).toBeUndefined();
	});

	it("has lost already where the signal has aborted, even if it is done", async () => {
		const { deadline } = begin();
		deadline.abort();
		expect(await deadline.race(Promise.resolve("late"))).toBeUndefined();
	});

	it("fails as it failed, in time", async () => {
		const { deadline } = begin();
		await expect(deadline.race(Promise.reject(new Error("a bug")))).rejects.toThrow("a bug");
	});

	it("does not fail unheard after it has lost", async () => {
		const { clock, deadline } = begin();
		const raced = deadline.race(clock.sleep(2_000).then(() => Promise.reject(new Error("late"))));
		await clock.advance(3_000);
		expect(await raced).toBeUndefined();
		await settleAll();
	});
});
